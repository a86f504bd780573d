/** Takes exact numbers of bytes from a stream of chunks. */
export class ByteQueue {
  private rest = new Uint8Array(0);

  constructor(
    private readonly reader: ReadableStreamDefaultReader<Uint8Array>,
  ) {}

  async take(count: number): Promise<Uint8Array | undefined> {
    const taken = new Uint8Array(count);
    let filled = 0;
    while (filled < count) {
      if (this.rest.length === 0 && !(await this.refill())) {
        return undefined;
      }
      const part = this.rest.subarray(0, count - filled);
      taken.set(part, filled);
      filled += part.length;
      this.rest = this.rest.subarray(part.length);
    }
    return taken;
  }

  async skip(count: number): Promise<void> {
    let left = count;
    while (left > 0) {
      if (this.rest.length === 0 && !(await this.refill())) {
        return;
      }
      const step = Math.min(left, this.rest.length);
      this.rest = this.rest.subarray(step);
      left -= step;
    }
  }

  private async refill(): Promise<boolean> {
    const { done, value } = await this.reader.read();
    if (done) {
      return false;
    }
    this.rest = new Uint8Array(value);
    return true;
  }
}
