/** Looks until it gets something. @throws Error after 20 s */
export async function until<T>(
  look: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > deadline) throw new Error('it did not become so in 20 s');
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}
