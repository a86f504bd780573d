import type {
  Publication,
  Runtime,
  Version,
  VersionCommand,
} from '@konstellation/backstage-plugin-konstellation-common';
import { usedNodes } from '@konstellation/krt/workflows';
import type { Texts } from '../../hooks/useTexts';
import { formatBytes } from '../Common/formatBytes';

/** A command that a dialog asks a comment for; `rollback` goes to one earlier publication. */
export type DialogCommand =
  | { verb: Exclude<VersionCommand, 'configure'>; version: Version }
  | { verb: 'rollback'; publication: Publication };

/** What changes the words of a dialog. */
export interface CommandOptions {
  /** Of a start: it is published once it is ready. */
  publishWhenReady?: boolean;
  /** Of a roll back: the version as it is now, once known. */
  target?: Version;
}

/** What a dialog says before the command is sent. */
export interface CommandDescription {
  title: string;
  /** The word on the button. */
  verb: string;
  effects: string[];
  destructive: boolean;
}

/** The word for a command: what `stop` and `start` mean depends on where the version is. */
export function wordCommand(
  verb: VersionCommand,
  { status }: Pick<Version, 'status'>,
  t: Texts,
): string {
  if (verb === 'stop' && status === 'STARTING') {
    return t('commands.cancelStart');
  }
  if (verb === 'start' && status === 'ERROR') {
    return t('commands.startAgain');
  }
  return t(`commands.${verb}`);
}

/** Title, consequences and verb of a command, before it is sent. */
export function describeCommand(
  command: DialogCommand,
  runtime: Runtime,
  t: Texts,
  options: CommandOptions = {},
): CommandDescription {
  if (command.verb === 'rollback') {
    return describeRollback(command.publication, runtime, t, options.target);
  }
  const { verb, version } = command;
  const { name } = version;
  const word = wordCommand(verb, version, t);
  const solution = runtime.solutions.find(each => each.id === version.solution);
  const address = solution?.address.http ?? runtime.address.http;
  const from =
    solution?.publishedVersion === name
      ? undefined
      : solution?.publishedVersion;

  switch (verb) {
    case 'start': {
      const publishEffect = from
        ? t('commands.startPublishSwitchEffect', { address, from })
        : t('commands.startPublishEffect', { address });
      return {
        title: t('commands.startTitle', { version: name }),
        verb: options.publishWhenReady ? t('commands.startAndPublish') : word,
        effects: [
          t('commands.startEffect', {
            count: usedNodes(version.manifest).length,
          }),
          options.publishWhenReady
            ? publishEffect
            : t('commands.startRefusedEffect'),
        ],
        destructive: false,
      };
    }
    case 'stop': {
      const isStarting = version.status === 'STARTING';
      return {
        title: isStarting
          ? t('commands.cancelStartTitle', { version: name })
          : t('commands.stopTitle', { version: name }),
        verb: word,
        effects: [
          isStarting
            ? t('commands.cancelStartEffect')
            : t('commands.stopEffect'),
          ...(version.publishWhenReady
            ? [t('commands.cancelPublishEffect')]
            : []),
          t('commands.stopKeepEffect'),
        ],
        destructive: false,
      };
    }
    case 'publish':
      return {
        title: t('commands.publishTitle', {
          version: name,
          solution: version.solution,
        }),
        verb: word,
        effects: from
          ? [
              t('commands.publishSwitchEffect', {
                address,
                from,
                version: name,
              }),
              t('commands.publishStaysEffect', { from }),
            ]
          : [t('commands.publishFirstEffect', { address, version: name })],
        destructive: false,
      };
    case 'unpublish':
      return {
        title: t('commands.unpublishTitle', { version: name }),
        verb: word,
        effects: [
          t('commands.unpublishEffect', { address }),
          t('commands.unpublishStaysEffect', { version: name }),
        ],
        destructive: true,
      };
    case 'delete':
      return {
        title: t('commands.deleteTitle', { version: name }),
        verb: word,
        effects: [
          t('commands.deleteEffect', {
            size: formatBytes(version.packageSize),
          }),
          t('commands.deleteKeepEffect'),
          t('commands.deleteNameEffect', { version: name }),
        ],
        destructive: true,
      };
    default: {
      const unknown: never = verb;
      throw new TypeError(`Unknown command ${JSON.stringify(unknown)}`);
    }
  }
}

function describeRollback(
  publication: Publication,
  runtime: Runtime,
  t: Texts,
  target: Version | undefined,
): CommandDescription {
  const { version, configurationRevision } = publication;
  const solution = runtime.solutions.find(
    each => each.id === publication.solution,
  );
  const from = solution?.publishedVersion;
  const running = target?.configuration.runningRevision;
  const revision = String(configurationRevision);
  const effects: string[] = [
    t('commands.rollbackEffect', {
      address: solution?.address.http ?? runtime.address.http,
      version,
      revision,
    }),
  ];
  // A version with no release at all has to be started first.
  if (target && target.status !== 'PUBLISHED' && running === undefined) {
    effects.push(t('commands.rollbackStartEffect', { version }));
  } else if (running !== undefined && running !== configurationRevision) {
    effects.push(
      t('commands.rollbackRevisionEffect', {
        version,
        running: String(running),
        revision,
      }),
    );
  }
  if (from && from !== version) {
    effects.push(t('commands.publishStaysEffect', { from }));
  }
  return {
    title: t('commands.rollbackTitle', { version }),
    verb: t('commands.rollbackVerb'),
    effects,
    destructive: false,
  };
}
