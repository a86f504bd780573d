import {
  Cell,
  CellText,
  Link,
  Table,
  Text,
  useBreakpoint,
  type ColumnConfig,
} from '@backstage/ui';
import { useRouteRef } from '@backstage/core-plugin-api';
import type { Runtime } from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts, type Texts } from '../../hooks/useTexts';
import { runtimeRouteRef, versionRouteRef } from '../../routes';
import { Actor } from '../Common/Actor';
import { EmptyNotice } from '../Common/EmptyNotice';
import { StatusShape } from '../Status/StatusShape';
import type { StatusLook } from '../Status/tones';
import styles from './Runtimes.module.css';

const looks: Record<Runtime['status'], StatusLook> = {
  PUBLISHED: { tone: 'success', shape: 'ring' },
  RUNNING: { tone: 'strong', shape: 'filled' },
  IDLE: { tone: 'muted', shape: 'hollow' },
  EMPTY: { tone: 'muted', shape: 'hollow' },
  ERROR: { tone: 'danger', shape: 'diamond' },
  DELETING: { tone: 'info', shape: 'arc' },
};

/** One line about how a runtime's versions are, worst news first. */
export function describeHealth(runtime: Runtime, t: Texts): string {
  const { error, started } = runtime.versionCounts;
  if (runtime.status === 'DELETING' || runtime.status === 'EMPTY') {
    return t(`runtimes.status${runtime.status}`);
  }
  if (error > 0) {
    return t('runtimes.versionsInError', { count: error });
  }
  return started > 0
    ? t('runtimes.versionsStarted', { count: started })
    : t('runtimes.nothingRuns');
}

/** The runtimes, a row each. */
export function RuntimesTable(props: {
  /** Undefined while loading. */
  runtimes: Runtime[] | undefined;
  isFiltered: boolean;
}) {
  const t = useTexts();
  const { up } = useBreakpoint();
  const runtimePath = useRouteRef(runtimeRouteRef);
  const versionPath = useRouteRef(versionRouteRef);

  const columns: ColumnConfig<Runtime>[] = [
    {
      id: 'name',
      label: t('runtimes.columnName'),
      isRowHeader: true,
      cell: runtime => (
        <Cell>
          <span className={styles.name}>
            <Link href={runtimePath({ runtime: runtime.id })} weight="bold">
              {runtime.name}
            </Link>
            {runtime.name !== runtime.id && (
              <Text variant="body-small" color="secondary" truncate>
                {runtime.id}
              </Text>
            )}
          </span>
        </Cell>
      ),
    },
    {
      id: 'published',
      label: t('runtimes.columnPublished'),
      cell: runtime => {
        const published = runtime.solutions.flatMap(
          each => each.publishedVersion ?? [],
        );
        const [first, ...others] = published;
        return first ? (
          <CellText
            title={first}
            description={
              others.length > 0
                ? t('runtimes.morePublished', { count: others.length })
                : undefined
            }
            href={versionPath({ runtime: runtime.id, version: first })}
          />
        ) : (
          <CellText title={t('runtimes.nothingPublished')} color="secondary" />
        );
      },
    },
    {
      id: 'health',
      label: t('runtimes.columnHealth'),
      isHidden: !up('sm'),
      cell: runtime => (
        <Cell>
          <span className={styles.health}>
            <StatusShape look={looks[runtime.status]} />
            <Text variant="body-medium" truncate>
              {describeHealth(runtime, t)}
            </Text>
          </span>
        </Cell>
      ),
    },
    {
      id: 'versions',
      label: t('runtimes.columnVersions'),
      isHidden: !up('md'),
      cell: runtime => <CellText title={String(runtime.versionCounts.total)} />,
    },
    {
      id: 'owner',
      label: t('runtimes.columnOwner'),
      isHidden: !up('md'),
      cell: runtime => (
        <Cell>
          <Actor actor={runtime.owner} />
        </Cell>
      ),
    },
  ];

  return (
    <Table
      columnConfig={columns}
      data={props.runtimes}
      isPending={!props.runtimes}
      pagination={{ type: 'none' }}
      emptyState={
        <EmptyNotice
          title={t('runtimes.noMatchTitle')}
          text={props.isFiltered ? t('runtimes.noMatchText') : ''}
        />
      }
    />
  );
}
