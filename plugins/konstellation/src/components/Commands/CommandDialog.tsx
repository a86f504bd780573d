import { useState } from 'react';
import { Checkbox, Flex, Text } from '@backstage/ui';
import { useApi } from '@backstage/core-plugin-api';
import type {
  KonstellationApi,
  Runtime,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { useResource } from '../../hooks/useResource';
import type { RuntimePermissions } from '../../hooks/useRuntimePermissions';
import { useTexts } from '../../hooks/useTexts';
import { LoadingBlock } from '../Common/LoadingBlock';
import { CommentDialog } from './CommentDialog';
import { describeCommand, type DialogCommand } from './commandDialogs';

/** Asks why, sends the command and closes. */
export function CommandDialog(props: {
  command: DialogCommand;
  runtime: Runtime;
  permissions: RuntimePermissions;
  onClose: () => void;
  /** The version as the command left it; undefined when it is being deleted. */
  onDone: (version: Version | undefined) => void;
}) {
  const t = useTexts();
  const api = useApi(konstellationApiRef);
  const { command, runtime, permissions } = props;
  const [publishWhenReady, setPublishWhenReady] = useState(false);
  const target = useRollbackTarget(runtime.id, command);
  const description = describeCommand(command, runtime, t, {
    publishWhenReady,
    target: target.value,
  });
  const mayPublish = command.verb === 'start' && permissions.commands.publish;
  return (
    <CommentDialog
      {...description}
      options={
        <>
          {target.loading && <LoadingBlock lines={1} />}
          {mayPublish && (
            <PublishWhenReady
              isSelected={publishWhenReady}
              onChange={setPublishWhenReady}
            />
          )}
        </>
      }
      onClose={props.onClose}
      onSubmit={async comment => {
        const version = await send(api, runtime.id, command, {
          comment,
          publishWhenReady: publishWhenReady || undefined,
        });
        props.onClose();
        props.onDone(version);
      }}
    />
  );
}

/** Whether what is rolled back to runs decides how long callers wait for it. */
function useRollbackTarget(runtime: string, command: DialogCommand) {
  const api = useApi(konstellationApiRef);
  const version =
    command.verb === 'rollback' ? command.publication.version : undefined;
  return useResource(version, signal =>
    api.getVersion({ runtime, version: version ?? '' }, { signal }),
  );
}

function PublishWhenReady(props: {
  isSelected: boolean;
  onChange: (isSelected: boolean) => void;
}) {
  const t = useTexts();
  return (
    <Flex direction="column" gap="1">
      <Checkbox isSelected={props.isSelected} onChange={props.onChange}>
        {t('commands.publishWhenReady')}
      </Checkbox>
      <Text as="p" variant="body-small" color="secondary">
        {t('commands.publishWhenReadyHint')}
      </Text>
    </Flex>
  );
}

async function send(
  api: KonstellationApi,
  runtime: string,
  command: DialogCommand,
  options: { comment: string; publishWhenReady?: boolean },
): Promise<Version | undefined> {
  const { comment, publishWhenReady } = options;
  if (command.verb === 'rollback') {
    const { solution, id } = command.publication;
    return api.rollback(runtime, { solution, publication: id, comment });
  }
  const ref = { runtime, version: command.version.name };
  switch (command.verb) {
    case 'start':
      return api.startVersion(ref, comment, { publishWhenReady });
    case 'stop':
      return api.stopVersion(ref, comment);
    case 'publish':
      return api.publishVersion(ref, comment);
    case 'unpublish':
      return api.unpublishVersion(ref, comment);
    case 'delete':
      await api.deleteVersion(ref, comment);
      return undefined;
    default: {
      const unknown: never = command;
      throw new TypeError(`Unknown command ${JSON.stringify(unknown)}`);
    }
  }
}
