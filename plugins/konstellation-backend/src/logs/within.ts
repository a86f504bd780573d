/** Resolves when the work has ended, well or not, or when the time is over. */
export async function within(
  millis: number,
  work: Promise<unknown>,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>(resolve => {
    timer = setTimeout(resolve, millis);
  });
  await Promise.race([Promise.allSettled([work]), late]);
  clearTimeout(timer);
}
