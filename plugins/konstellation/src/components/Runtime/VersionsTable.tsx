import {
  Cell,
  Link,
  Table,
  Text,
  useBreakpoint,
  type ColumnConfig,
} from '@backstage/ui';
import { useRouteRef } from '@backstage/core-plugin-api';
import type {
  Publication,
  Runtime,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { RuntimePermissions } from '../../hooks/useRuntimePermissions';
import { useTexts, type Texts } from '../../hooks/useTexts';
import { versionRouteRef } from '../../routes';
import type { DialogCommand } from '../Commands/commandDialogs';
import { Actor } from '../Common/Actor';
import { RelativeTime } from '../Common/RelativeTime';
import { VersionStatusBadge } from '../Status/VersionStatusBadge';
import { VersionRowActions } from './VersionRowActions';
import styles from './Runtime.module.css';

/** A version with the id that the table wants. */
type VersionRow = Version & { id: string };

/** One line under the status, with what is under way besides. */
function describeState(version: Version, t: Texts): string {
  return [
    version.statusMessage,
    version.publishWhenReady && t('versions.publishesWhenReady'),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Versions, a row each, with what to do next. */
export function VersionsTable(props: {
  runtime: Runtime;
  /** Undefined while loading. */
  versions: Version[] | undefined;
  publications: Publication[];
  permissions: RuntimePermissions;
  onCommand: (command: DialogCommand) => void;
  onConfigure: (version: Version) => void;
}) {
  const t = useTexts();
  const { up } = useBreakpoint();
  const versionPath = useRouteRef(versionRouteRef);
  const pathOf = (version: Version) =>
    versionPath({ runtime: props.runtime.id, version: version.name });

  // Where there is room for all of them; what is said of a status is the longest.
  const share = (width: `${number}fr`) => (up('md') ? width : undefined);
  const columns: ColumnConfig<VersionRow>[] = [
    {
      id: 'version',
      defaultWidth: share('2fr'),
      label: t('versions.columnVersion'),
      isRowHeader: true,
      cell: version => (
        <Cell>
          <span className={styles.name}>
            <Link href={pathOf(version)} weight="bold" truncate>
              {version.name}
            </Link>
            {up('sm') ? (
              <Text variant="body-small" color="secondary" truncate>
                {version.description}
              </Text>
            ) : (
              <VersionStatusBadge
                status={version.status}
                deleting={version.deleting}
              />
            )}
          </span>
        </Cell>
      ),
    },
    {
      id: 'status',
      defaultWidth: share('3fr'),
      label: t('versions.columnStatus'),
      isHidden: !up('sm'),
      cell: version => (
        <Cell>
          <span className={styles.statusCell}>
            <VersionStatusBadge
              status={version.status}
              deleting={version.deleting}
            />
            {describeState(version, t) && (
              <span title={describeState(version, t)}>
                <Text variant="body-small" color="secondary" truncate>
                  {describeState(version, t)}
                </Text>
              </span>
            )}
          </span>
        </Cell>
      ),
    },
    {
      id: 'created',
      defaultWidth: share('1.5fr'),
      label: t('versions.columnCreated'),
      isHidden: !up('md'),
      cell: version => (
        <Cell>
          <RelativeTime at={version.createdAt} />
        </Cell>
      ),
    },
    {
      id: 'author',
      defaultWidth: share('1.5fr'),
      label: t('versions.columnAuthor'),
      isHidden: !up('md'),
      cell: version => (
        <Cell>
          <Actor actor={version.createdBy} />
        </Cell>
      ),
    },
    {
      id: 'next',
      defaultWidth: share('2fr'),
      label: t('versions.columnNext'),
      cell: version => (
        <Cell>
          <VersionRowActions
            runtime={props.runtime}
            version={version}
            path={pathOf(version)}
            publications={props.publications}
            permissions={props.permissions}
            onCommand={props.onCommand}
            onConfigure={props.onConfigure}
          />
        </Cell>
      ),
    },
  ];

  return (
    <Table
      columnConfig={columns}
      data={props.versions?.map(version => ({ ...version, id: version.uid }))}
      isPending={!props.versions}
      pagination={{ type: 'none' }}
    />
  );
}
