// Places for servers: haproxy takes another address for one while it runs, but not another number of them.

const STEP = 8;

/** Remembers who is where, so that a server that stays keeps its place and its connections. */
export class Slots {
  #places = new Map();

  /**
   * @param key - of the backend they are of
   * @returns a list with each address at its place, and `undefined` at places that are free
   */
  place(key, addresses) {
    const before = this.#places.get(key) ?? [];
    const places = before.map(each =>
      addresses.includes(each) ? each : undefined,
    );
    for (const address of addresses.filter(each => !places.includes(each))) {
      // One that was free before, if there is one: the connections of who just left are not yet closed.
      const fresh = places.findIndex(
        (each, index) => each === undefined && before[index] === undefined,
      );
      const free = fresh === -1 ? places.indexOf(undefined) : fresh;
      places[free === -1 ? places.length : free] = address;
    }
    const used = places.findLastIndex(each => each !== undefined) + 1;
    const needed = Math.ceil((used + 1) / STEP) * STEP;
    const room = Math.max(before.length, needed);
    const filled = Array.from({ length: room }, (_, index) => places[index]);
    this.#places.set(key, filled);
    return filled;
  }
}
