import type { Command } from 'commander';
import { CliError } from '../errors';
import { connect, portalOf } from '../portal/connect';
import { readCredentials, writeCredentials } from '../portal/credentials';
import { findClientId, logInWithBrowser } from '../portal/oauth';
import { guestToken } from '../portal/tokens';
import { whoAmI } from '../portal/whoAmI';
import { outputOf, type GlobalOptions } from './context';

export function addLogin(program: Command): void {
  program
    .command('login')
    .description('log in to a portal; commands go there from then on')
    .argument('[url]', 'address of the portal')
    .option('--no-browser', 'print the address instead of opening it')
    .action(
      async (
        url: string | undefined,
        options: { browser: boolean },
        command: Command,
      ) => {
        const output = outputOf(command);
        const { portal: given } = command.optsWithGlobals<GlobalOptions>();
        const portal = await portalOf(url ?? given);
        const clientId = await findClientId(portal);
        const found = clientId
          ? await logInWithBrowser(portal, {
              clientId,
              openBrowser: options.browser,
              onUrl: address =>
                output.say(`Sign in at\n  ${address}\nand come back.`),
            })
          : await guestToken(portal);
        if (!found) {
          throw new CliError(
            `${portal} does not let command line tools log in`,
            {
              hint: 'its operator can set auth.clientIdMetadataDocuments.enabled; or use KRT_TOKEN',
            },
          );
        }
        const credentials = await readCredentials();
        credentials.selected = portal;
        credentials.portals[portal] = found;
        await writeCredentials(credentials);
        const user = await whoAmI(await connect(portal));
        output.result({ portal, user, kind: found.kind }, () => undefined);
        if (!output.options.json) {
          output.done(`logged in to ${portal} as ${user ?? 'a program'}`);
        }
        if (process.env.KRT_TOKEN) {
          output.warn('KRT_TOKEN is set, and is used instead of this login');
        }
      },
    );

  program
    .command('logout')
    .description('forget the login of a portal')
    .argument('[url]', 'address of the portal')
    .action(async (url: string | undefined, _options, command: Command) => {
      const output = outputOf(command);
      const { portal: given } = command.optsWithGlobals<GlobalOptions>();
      const portal = await portalOf(url ?? given);
      const credentials = await readCredentials();
      const { [portal]: _forgotten, ...portals } = credentials.portals;
      await writeCredentials({
        portals,
        ...(credentials.selected === portal
          ? {}
          : { selected: credentials.selected }),
      });
      output.result({ portal }, () => `logged out of ${portal}`);
    });

  program
    .command('whoami')
    .description('show who the portal takes you for')
    .action(async (_options, command: Command) => {
      const output = outputOf(command);
      const { portal: given } = command.optsWithGlobals<GlobalOptions>();
      const connection = await connect(given);
      const user = await whoAmI(connection);
      const { portal } = connection;
      output.result(
        { portal, user },
        () => `${user ?? 'a program, by KRT_TOKEN,'} at ${portal}`,
      );
    });
}
