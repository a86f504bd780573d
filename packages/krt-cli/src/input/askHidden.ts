import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CliError, EXIT } from '../errors';

/**
 * A line that is typed on the terminal and shown nowhere. The question goes to stderr, as stdout may be redirected.
 * @throws CliError with exit code 130 on Ctrl-C and Ctrl-D
 */
export async function askHidden(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  // With `terminal` the terminal itself echoes nothing, and what is echoed instead goes nowhere.
  const lines = createInterface({
    input: process.stdin,
    output: nowhere,
    terminal: true,
    historySize: 0,
  });
  process.stderr.write(`${question}: `);
  try {
    return await new Promise<string>((resolve, reject) => {
      const cancel = () =>
        reject(
          new CliError('nothing was changed', { exitCode: EXIT.interrupted }),
        );
      lines.once('line', resolve);
      lines.once('SIGINT', cancel);
      lines.once('close', cancel);
    });
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}
