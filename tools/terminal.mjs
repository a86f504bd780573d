// What the tools write to the terminal: calm, one line a step.
const colours = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = code => text =>
  colours ? `\u001b[${code}m${text}\u001b[0m` : String(text);

export const bold = paint('1');
export const dim = paint('2');
export const green = paint('32');
export const red = paint('31');

/** Says why and ends the process. @returns {never} */
export function fail(message) {
  process.stderr.write(`${red('✗')} ${message}\n`);
  process.exit(1);
}

export function say(text = '') {
  process.stdout.write(`${text}\n`);
}

/** Runs a step and says how long it took, or that it failed. */
export async function step(title, work) {
  const begun = Date.now();
  try {
    const result = await work();
    const seconds = (Date.now() - begun) / 1000;
    say(`${green('✓')} ${title} ${dim(`${seconds.toFixed(1)} s`)}`);
    return result;
  } catch (error) {
    say(`${red('✗')} ${title}`);
    throw error;
  }
}
