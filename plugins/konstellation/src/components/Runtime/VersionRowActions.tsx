import {
  Button,
  ButtonIcon,
  Menu,
  MenuItem,
  MenuSeparator,
  MenuTrigger,
} from '@backstage/ui';
import { RiMoreLine } from '@remixicon/react';
import type {
  Publication,
  Runtime,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { RuntimePermissions } from '../../hooks/useRuntimePermissions';
import { useTexts } from '../../hooks/useTexts';
import { findButtons } from '../Commands/VersionActions';
import { wordCommand, type DialogCommand } from '../Commands/commandDialogs';
import {
  findEarlierPublication,
  findNextStep,
  type NextStep,
} from '../Commands/nextStep';
import styles from './Runtime.module.css';

const MENU_VERBS = ['start', 'publish', 'unpublish', 'stop', 'delete'] as const;

/** The sensible next step as a button, everything else in a menu, where what is impossible now says why. */
export function VersionRowActions(props: {
  runtime: Runtime;
  version: Version;
  path: string;
  publications: Publication[];
  permissions: RuntimePermissions;
  onCommand: (command: DialogCommand) => void;
  onConfigure: (version: Version) => void;
}) {
  const t = useTexts();
  const { version, permissions, publications, onCommand } = props;
  const next = findNextStep(version, props.runtime, publications);
  const isPermitted =
    next && permissions.commands[next === 'rollback' ? 'publish' : next];

  const takeNextStep = () => {
    if (next === 'configure') {
      props.onConfigure(version);
    } else if (next === 'rollback') {
      const publication = findEarlierPublication(version, publications);
      if (publication) {
        onCommand({ verb: 'rollback', publication });
      }
    } else if (next) {
      onCommand({ verb: next, version });
    }
  };
  const shown = findButtons(version);
  const verbs = MENU_VERBS.filter(
    verb =>
      verb !== next &&
      permissions.commands[verb] &&
      (version.commands[verb].allowed || shown.includes(verb)),
  );
  const word = (verb: NextStep) =>
    verb === 'rollback'
      ? t('commands.rollback')
      : wordCommand(verb, version, t);

  return (
    <span className={styles.rowActions}>
      {isPermitted && (
        <Button
          size="small"
          variant="secondary"
          aria-label={`${word(next)} ${version.name}`}
          onPress={takeNextStep}
        >
          {word(next)}
        </Button>
      )}
      <MenuTrigger>
        <ButtonIcon
          size="small"
          variant="tertiary"
          aria-label={t('common.moreActions', { name: version.name })}
          icon={<RiMoreLine />}
        />
        <Menu
          disabledKeys={verbs.filter(verb => !version.commands[verb].allowed)}
          onAction={key => {
            const verb = MENU_VERBS.find(each => each === key);
            if (verb) {
              onCommand({ verb, version });
            }
          }}
        >
          <MenuItem id="open" href={props.path}>
            {t('versions.open')}
          </MenuItem>
          <MenuItem id="configuration" href={`${props.path}/configuration`}>
            {t('versions.configuration')}
          </MenuItem>
          <MenuItem id="logs" href={`${props.path}/logs`}>
            {t('versions.logs')}
          </MenuItem>
          {verbs.length > 0 && <MenuSeparator />}
          {verbs.map(verb => {
            const { allowed, reason } = version.commands[verb];
            const label = wordCommand(verb, version, t);
            return (
              <MenuItem
                key={verb}
                id={verb}
                textValue={label}
                className={allowed ? undefined : styles.refusedItem}
                color={verb === 'delete' && allowed ? 'danger' : 'primary'}
              >
                {allowed ? (
                  label
                ) : (
                  <span className={styles.refused}>
                    {label}
                    <span className={styles.refusal}>{reason}</span>
                  </span>
                )}
              </MenuItem>
            );
          })}
        </Menu>
      </MenuTrigger>
    </span>
  );
}
