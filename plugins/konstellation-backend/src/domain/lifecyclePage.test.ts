import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  VersionCommand,
  VersionStatus,
} from '@konstellation/backstage-plugin-konstellation-common';
import { commandsOf, lifecycleDiagram } from './versionLifecycle';

const STATUSES: VersionStatus[] = [
  'CREATED',
  'STARTING',
  'STARTED',
  'PUBLISHED',
  'STOPPING',
  'STOPPED',
  'ERROR',
];

describe('docs/lifecycle.md', () => {
  const page = readFileSync(
    join(__dirname, '../../../../docs/lifecycle.md'),
    'utf8',
  );

  it('has the picture of the table that decides', () => {
    const [, picture] = /```mermaid\n([^`]*)\n```/.exec(page) ?? [];
    expect(picture).toBe(lifecycleDiagram());
  });

  it('has the words of every refusal', () => {
    const words = STATUSES.flatMap(status =>
      [true, false].flatMap(available => {
        const facts = {
          status,
          published: status === 'PUBLISHED',
          incomplete: [],
          deleting: false,
          available,
          applying: false,
          format: 'v1' as const,
        };
        return Object.entries(commandsOf(facts)).flatMap(
          ([command, { reason }]): Array<[VersionCommand | string, string]> =>
            reason ? [[command, reason]] : [],
        );
      }),
    );
    for (const [command, reason] of words) {
      const row = page
        .split('\n')
        .find(line => line.startsWith(`| ${command} `));
      expect([command, row]).toEqual([
        command,
        expect.stringContaining(`\`${reason}\``),
      ]);
    }
  });
});
