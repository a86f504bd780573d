import type { Command } from 'commander';
import { EXIT } from '../errors';
import { readRequest } from '../package/values';
import { connect } from '../portal/connect';
import { outputOf, type GlobalOptions } from './context';

export function addCall(program: Command): void {
  program
    .command('call')
    .description('call an rpc of a started version through the portal')
    .argument('<runtime>')
    .argument('<version>')
    .argument('<rpc>')
    .argument('[request]', 'JSON, @file or - for stdin', '{}')
    .action(
      async (
        runtime: string,
        version: string,
        rpc: string,
        request: string,
        _options,
        command: Command,
      ) => {
        const output = outputOf(command);
        const body = await readRequest(request);
        const { client } = await connect(
          command.optsWithGlobals<GlobalOptions>().portal,
        );
        const result = await client.predict({ runtime, version }, rpc, body);
        const { status, millis, traceId } = result;
        output.result(result, () => JSON.stringify(result.body, undefined, 2));
        if (!output.options.json) {
          const trace = traceId ? `, trace ${traceId}` : '';
          process.stderr.write(
            `${output.colors.dim(`${status}, ${millis} ms${trace}`)}\n`,
          );
        }
        if (status !== 200) process.exitCode = EXIT.refused;
      },
    );
}
