/** Looks until it gets something. @throws Error when it does not, within 20 s by default */
export async function until<T>(
  look: () => Promise<T | undefined | false> | T | undefined | false,
  withinMillis = 20_000,
): Promise<T> {
  const deadline = Date.now() + withinMillis;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > deadline) {
      throw new Error(`it did not become so in ${withinMillis} ms`);
    }
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}
