// Tests of the backend plugin by themselves, as the tools for its long ones run them.
import { join } from 'node:path';
import { root, toolchainEnvironment } from './toolchain.mjs';

/** Environment of tests. */
export function testEnvironment() {
  return {
    ...toolchainEnvironment(),
    CI: 'true',
    BACKSTAGE_TEST_DISABLE_DOCKER: '1',
  };
}

/**
 * @param options.paths - of the tests, in the plugin: patterns
 * @param options.flags - for Jest
 * @param options.database - id that `eachDatabase` gives them; on all by default
 * @param options.env - what they see, besides how Node has to be called
 * @returns command, arguments and options for `capture` or `show`
 */
export function backendTests({ paths, flags = [], database, env }) {
  return [
    'backstage-cli',
    [
      'package',
      'test',
      '--maxWorkers=1',
      ...flags,
      ...(database ? ['--testNamePattern', `on ${database}`] : []),
      ...paths,
    ],
    {
      cwd: join(root, 'plugins/konstellation-backend'),
      env: {
        ...env,
        NODE_OPTIONS: '--experimental-vm-modules --no-warnings',
      },
    },
  ];
}
