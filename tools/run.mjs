// Runs a command with the pinned Node and Yarn, installing what is missing first.
//   node tools/run.mjs setup         only install
//   node tools/run.mjs COMMAND ...   e.g. `node tools/run.mjs yarn workspace app build`
import { install } from './install.mjs';
import { show } from './processes.mjs';
import { fail } from './terminal.mjs';
import { toolchainEnvironment } from './toolchain.mjs';

const [command, ...args] = process.argv.slice(2);
if (!command)
  fail('Say what to run: node tools/run.mjs COMMAND [ARGUMENT ...]');
const env = toolchainEnvironment();
try {
  await install(env);
} catch (error) {
  fail(error.message);
}
if (command !== 'setup') process.exitCode = await show(command, args, { env });
