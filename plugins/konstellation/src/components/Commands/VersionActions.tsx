import { useState } from 'react';
import { Button } from '@backstage/ui';
import type {
  Runtime,
  Version,
  VersionCommand,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { RuntimePermissions } from '../../hooks/useRuntimePermissions';
import { useTexts } from '../../hooks/useTexts';
import { DisabledButton } from '../Common/DisabledButton';
import { CommandDialog } from './CommandDialog';
import { wordCommand, type DialogCommand } from './commandDialogs';

type ButtonCommand = Exclude<VersionCommand, 'configure'>;

/** The buttons that matter in a state: the way on, the way back, and the end. */
export function findButtons(version: Version): ButtonCommand[] {
  switch (version.status) {
    case 'PUBLISHED':
      return ['unpublish', 'stop', 'delete'];
    case 'STARTED':
    case 'STARTING':
      return ['publish', 'stop', 'delete'];
    case 'ERROR':
      return ['start', 'stop', 'delete'];
    default:
      return ['start', 'publish', 'delete'];
  }
}

/** The commands of one version as buttons. Impossible ones say why, those not permitted are absent. */
export function VersionActions(props: {
  runtime: Runtime;
  version: Version;
  permissions: RuntimePermissions;
  onDone: (version: Version | undefined) => void;
}) {
  const t = useTexts();
  const { version, permissions } = props;
  const [command, setCommand] = useState<DialogCommand>();
  const buttons = findButtons(version).filter(
    verb => permissions.commands[verb],
  );
  const primary = buttons.find(
    verb =>
      version.commands[verb].allowed &&
      (verb === 'start' || verb === 'publish'),
  );
  const variantOf = (verb: ButtonCommand) => {
    if (verb === 'delete') {
      return 'tertiary';
    }
    return verb === primary ? 'primary' : 'secondary';
  };

  return (
    <>
      {buttons.map(verb => {
        const { allowed, reason } = version.commands[verb];
        const label = wordCommand(verb, version, t);
        return allowed ? (
          <Button
            key={verb}
            variant={variantOf(verb)}
            onPress={() => setCommand({ verb, version })}
          >
            {label}
          </Button>
        ) : (
          <DisabledButton
            key={verb}
            label={label}
            reason={reason ?? label}
            variant={verb === 'delete' ? 'tertiary' : 'secondary'}
          />
        );
      })}
      {command && (
        <CommandDialog
          command={command}
          runtime={props.runtime}
          permissions={permissions}
          onClose={() => setCommand(undefined)}
          onDone={props.onDone}
        />
      )}
    </>
  );
}
