import { manifestJsonSchema } from '@konstellation/krt';
import type { Command } from 'commander';
import { CliError, usage } from '../errors';
import { openValidPackage } from '../package/openPackage';
import { outputOf } from './context';

export function addSchema(program: Command): void {
  program
    .command('schema')
    .description('show the rpcs of a package: request schema and example')
    .argument('[file]', 'a .krt or a folder')
    .argument('[rpc]', 'only this one, with its JSON Schema')
    .option('--manifest', 'print the JSON Schema of krt.yml, for editors')
    .action(
      async (
        file: string | undefined,
        rpc: string | undefined,
        options: { manifest?: boolean },
        command: Command,
      ) => {
        const output = outputOf(command);
        const { bold, dim } = output.colors;
        if (options.manifest) {
          const schema = manifestJsonSchema();
          output.result(schema, () => JSON.stringify(schema, undefined, 2));
          return;
        }
        if (!file) throw usage('name a package, or use --manifest');
        const { proto } = await openValidPackage(file);
        if (!rpc) {
          output.result(proto, () =>
            proto.rpcs
              .map(
                each =>
                  `${bold(each.name)}  ${dim(
                    `${each.requestType} → ${each.responseType}`,
                  )}\n${JSON.stringify(each.example, undefined, 2)}`,
              )
              .join('\n\n'),
          );
          return;
        }
        const found = proto.rpcs.find(({ name }) => name === rpc);
        if (!found) {
          throw new CliError(`the package has no rpc "${rpc}"`, {
            hint: `it has: ${proto.rpcs.map(({ name }) => name).join(', ')}`,
          });
        }
        output.result(found, () =>
          JSON.stringify(
            { requestSchema: found.requestSchema, example: found.example },
            undefined,
            2,
          ),
        );
      },
    );
}
