import { useApi } from '@backstage/core-plugin-api';
import type {
  KonstellationApi,
  Runtime,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { useTexts } from '../../hooks/useTexts';
import { CommentDialog } from './CommentDialog';
import { describeCommand, type DialogCommand } from './commandDialogs';

/** Asks why, sends the command and closes. */
export function CommandDialog(props: {
  command: DialogCommand;
  runtime: Runtime;
  onClose: () => void;
  /** The version as the command left it; undefined when it was deleted. */
  onDone: (version: Version | undefined) => void;
}) {
  const t = useTexts();
  const api = useApi(konstellationApiRef);
  const { command, runtime } = props;
  const description = describeCommand(command, runtime, t);
  return (
    <CommentDialog
      {...description}
      verb={t(`commands.${command.verb}`)}
      onClose={props.onClose}
      onSubmit={async comment => {
        const version = await send(api, runtime.id, command, comment);
        props.onClose();
        props.onDone(version);
      }}
    />
  );
}

async function send(
  api: KonstellationApi,
  runtime: string,
  command: DialogCommand,
  comment: string,
): Promise<Version | undefined> {
  const ref = { runtime, version: command.version.name };
  switch (command.verb) {
    case 'start':
      return api.startVersion(ref, comment);
    case 'stop':
      return api.stopVersion(ref, comment);
    case 'publish':
      return api.publishVersion(ref, comment);
    case 'unpublish':
      return api.unpublishVersion(ref, comment);
    case 'delete':
      await api.deleteVersion(ref, comment);
      return undefined;
    case 'rollback':
      return api.rollback(runtime, {
        solution: command.publication.solution,
        publication: command.publication.id,
        comment,
      });
    default: {
      const unknown: never = command;
      throw new TypeError(`Unknown command ${JSON.stringify(unknown)}`);
    }
  }
}
