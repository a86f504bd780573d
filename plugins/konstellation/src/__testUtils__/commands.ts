import type {
  Version,
  VersionCommand,
  VersionStatus,
} from '@konstellation/backstage-plugin-konstellation-common';

const allowedIn: Record<VersionCommand, VersionStatus[]> = {
  start: ['CREATED', 'STOPPED', 'ERROR'],
  stop: ['STARTED', 'STARTING', 'ERROR'],
  publish: ['STARTED'],
  unpublish: ['PUBLISHED'],
  configure: ['CREATED', 'STOPPED', 'STARTED', 'PUBLISHED', 'ERROR'],
  delete: ['CREATED', 'STOPPED', 'ERROR'],
};

const refusals: Record<VersionCommand, string> = {
  start: 'the version must be stopped before starting',
  stop: 'the version must be started before stopping',
  publish: 'the version must be started before publishing',
  unpublish: 'the version must be published before unpublishing',
  configure: 'the version is changing, wait until it has',
  delete: 'the version must be stopped before deleting',
};

const refusalsWhenPublished: Partial<Record<VersionCommand, string>> = {
  stop: 'a published version must be unpublished first',
  publish: 'the version is published already',
  delete: 'a published version must be unpublished first',
};

/** What a command is decided on, besides the status. */
export interface CommandFacts {
  /** Keys without a value, or not confirmed. */
  incomplete?: string[];
  deleting?: boolean;
  /** A changed configuration is made ready. */
  applying?: boolean;
  /** A publication that one must be able to go back to. */
  neededFor?: string;
}

/** The commands that a status and a configuration allow, with the words of the backend's table for the others. */
export function makeCommands(
  status: VersionStatus,
  facts: CommandFacts = {},
): Version['commands'] {
  const { incomplete = [], deleting, applying, neededFor } = facts;
  const refuse = (command: VersionCommand): string | undefined => {
    if (deleting) {
      return 'the version is being deleted';
    }
    if (!allowedIn[command].includes(status)) {
      return (
        (status === 'PUBLISHED' && refusalsWhenPublished[command]) ||
        refusals[command]
      );
    }
    if (command === 'configure' && applying) {
      return refusals.configure;
    }
    if (command === 'delete' && neededFor) {
      return `the version is needed for roll back: publication ${neededFor}`;
    }
    return command === 'start' && incomplete.length > 0
      ? `version config is incomplete: ${incomplete.join(', ')}`
      : undefined;
  };
  const decide = (command: VersionCommand) => {
    const reason = refuse(command);
    return reason ? { allowed: false, reason } : { allowed: true };
  };
  return {
    start: decide('start'),
    stop: decide('stop'),
    publish: decide('publish'),
    unpublish: decide('unpublish'),
    configure: decide('configure'),
    delete: decide('delete'),
  };
}
