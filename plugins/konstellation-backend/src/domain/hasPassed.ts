/** Whether so many milliseconds have gone by since a time. */
export function hasPassed(since: Date, millis: number, now: Date): boolean {
  return now.getTime() - since.getTime() >= millis;
}
