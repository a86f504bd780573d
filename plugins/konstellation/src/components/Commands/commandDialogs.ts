import type {
  Publication,
  Runtime,
  Version,
  VersionCommand,
} from '@konstellation/backstage-plugin-konstellation-common';
import { usedNodes } from '@konstellation/krt/workflows';
import type { Texts } from '../../hooks/useTexts';

/** A command that a dialog asks a comment for; `rollback` goes to one earlier publication. */
export type DialogCommand =
  | { verb: Exclude<VersionCommand, 'configure'>; version: Version }
  | { verb: 'rollback'; version: { name: string }; publication: Publication };

/** Title and consequences of a command, before it is sent. */
export function describeCommand(
  command: DialogCommand,
  runtime: Runtime,
  t: Texts,
): { title: string; effects: string[]; destructive: boolean } {
  const version = command.version.name;
  const solution =
    runtime.solutions.find(each => each.id === solutionOf(command)) ??
    runtime.solutions[0];
  const address = solution?.address.http ?? runtime.address.http;
  const from = solution?.publishedVersion;
  const staysEffects =
    from && from !== version
      ? [t('commands.publishStaysEffect', { from })]
      : [];

  switch (command.verb) {
    case 'start':
      return {
        title: t('commands.startTitle', { version }),
        effects: [
          t('commands.startEffect', {
            count: usedNodes(command.version.manifest).length,
          }),
          t('commands.startRefusedEffect'),
        ],
        destructive: false,
      };
    case 'stop':
      return {
        title: t('commands.stopTitle', { version }),
        effects: [t('commands.stopEffect'), t('commands.stopKeepEffect')],
        destructive: false,
      };
    case 'publish':
      return {
        title: t('commands.publishTitle', {
          version,
          solution: solution?.id ?? runtime.id,
        }),
        effects: [
          from && from !== version
            ? t('commands.publishSwitchEffect', { address, from, version })
            : t('commands.publishFirstEffect', { address, version }),
          ...staysEffects,
        ],
        destructive: false,
      };
    case 'unpublish':
      return {
        title: t('commands.unpublishTitle', { version }),
        effects: [
          t('commands.unpublishEffect', { address }),
          t('commands.unpublishStaysEffect', { version }),
        ],
        destructive: true,
      };
    case 'delete':
      return {
        title: t('commands.deleteTitle', { version }),
        effects: [t('commands.deleteEffect'), t('commands.deleteKeepEffect')],
        destructive: true,
      };
    case 'rollback':
      return {
        title: t('commands.rollbackTitle', { version }),
        effects: [
          t('commands.rollbackEffect', {
            address,
            version,
            revision: String(command.publication.configurationRevision),
          }),
          ...staysEffects,
        ],
        destructive: false,
      };
    default: {
      const unknown: never = command;
      throw new TypeError(`Unknown command ${JSON.stringify(unknown)}`);
    }
  }
}

function solutionOf(command: DialogCommand): string {
  return command.verb === 'rollback'
    ? command.publication.solution
    : command.version.solution;
}
