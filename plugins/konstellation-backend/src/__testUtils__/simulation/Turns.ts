/** Work that is done some turns of the event loop later: the time of the simulation, which never waits. */
export class Turns {
  #waiting = 0;
  #life = 0;
  #idle: Array<() => void> = [];

  /** Does the work after so many turns; 1 is the next. */
  after(turns: number, work: () => void): void {
    const life = this.#life;
    this.#waiting++;
    let left = turns;
    const turn = () => {
      if (life !== this.#life) return;
      left--;
      if (left > 0) {
        setImmediate(turn);
        return;
      }
      work();
      this.#waiting--;
      if (this.isIdle) this.#tellIdle();
    };
    setImmediate(turn);
  }

  /** Nothing is left to be done. */
  get isIdle(): boolean {
    return this.#waiting === 0;
  }

  /** Waits until nothing is left to be done. */
  idle(): Promise<void> {
    return this.isIdle
      ? Promise.resolve()
      : new Promise(resolve => this.#idle.push(resolve));
  }

  /** What waits is never done. */
  clear(): void {
    this.#life++;
    this.#waiting = 0;
    this.#tellIdle();
  }

  #tellIdle(): void {
    const told = this.#idle;
    this.#idle = [];
    for (const tell of told) tell();
  }
}
