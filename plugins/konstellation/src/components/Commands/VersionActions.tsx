import { useState } from 'react';
import { Button, ButtonIcon, Menu, MenuItem, MenuTrigger } from '@backstage/ui';
import { RiMoreLine } from '@remixicon/react';
import type {
  Runtime,
  Version,
  VersionCommand,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { RuntimePermissions } from '../../hooks/useRuntimePermissions';
import { useTexts } from '../../hooks/useTexts';
import { DisabledButton } from '../Common/DisabledButton';
import { CommandDialog } from './CommandDialog';
import type { DialogCommand } from './commandDialogs';

type ButtonCommand = Exclude<VersionCommand, 'configure' | 'delete'>;

/** The two buttons of a state: the way on and the way back. */
export function findButtons(version: Version): ButtonCommand[] {
  switch (version.status) {
    case 'PUBLISHED':
      return ['unpublish', 'stop'];
    case 'STARTED':
    case 'STARTING':
      return ['publish', 'stop'];
    case 'ERROR':
      return ['start', 'stop'];
    default:
      return ['start', 'publish'];
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
    verb => version.commands[verb].allowed && verb !== 'stop',
  );
  const mayDelete = permissions.commands.delete;

  return (
    <>
      {buttons.map(verb => {
        const { allowed, reason } = version.commands[verb];
        const label = t(`commands.${verb}`);
        return allowed ? (
          <Button
            key={verb}
            variant={
              verb === primary && verb !== 'unpublish' ? 'primary' : 'secondary'
            }
            onPress={() => setCommand({ verb, version })}
          >
            {label}
          </Button>
        ) : (
          <DisabledButton key={verb} label={label} reason={reason ?? label} />
        );
      })}
      {mayDelete && (
        <MenuTrigger>
          <ButtonIcon
            variant="secondary"
            aria-label={t('common.moreActions', { name: version.name })}
            icon={<RiMoreLine />}
          />
          <Menu
            onAction={() => setCommand({ verb: 'delete', version })}
            disabledKeys={version.commands.delete.allowed ? [] : ['delete']}
          >
            <MenuItem
              id="delete"
              color="danger"
              textValue={t('commands.delete')}
            >
              {version.commands.delete.allowed
                ? t('commands.delete')
                : `${t('commands.delete')}: ${version.commands.delete.reason}`}
            </MenuItem>
          </Menu>
        </MenuTrigger>
      )}
      {command && (
        <CommandDialog
          command={command}
          runtime={props.runtime}
          onClose={() => setCommand(undefined)}
          onDone={props.onDone}
        />
      )}
    </>
  );
}
