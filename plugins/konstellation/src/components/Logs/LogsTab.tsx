import { useMemo, useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import {
  Alert,
  Button,
  SearchField,
  Select,
  Switch,
  Text,
} from '@backstage/ui';
import { RiDownloadLine } from '@remixicon/react';
import type {
  LogLine,
  Runtime,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import { usedNodes } from '@konstellation/krt/workflows';
import { useTexts } from '../../hooks/useTexts';
import { describeError } from '../Common/apiErrors';
import { saveFile } from '../Common/saveFile';
import { LogList } from './LogList';
import styles from './Logs.module.css';
import { filterLines, formatLines } from './logLines';
import { useLogs } from './useLogs';

const ALL = 'all';
const LEVELS: Array<LogLine['level']> = ['debug', 'info', 'warn', 'error'];

/** What the nodes of a version write. */
export function LogsTab(props: { runtime: Runtime; version: Version }) {
  const { runtime, version } = props;
  const t = useTexts();
  const [params, setParams] = useSearchParams();
  const node = params.get('node') ?? undefined;
  const [level, setLevel] = useState<LogLine['level']>('debug');
  const [search, setSearch] = useState('');
  const [follow, setFollow] = useState(true);

  // What does not run writes nothing more.
  const isOver = version.status === 'STOPPED' || version.status === 'CREATED';
  const logs = useLogs(
    { runtime: runtime.id, version: version.name },
    { node, follow: follow && !isOver },
    // Each run, and what is kept of it, is read from its beginning.
    isOver ? version.statusSince : 'running',
  );
  const shown = useMemo(
    () => filterLines(logs.lines, { level, search }),
    [logs.lines, level, search],
  );

  const download = () =>
    saveFile(
      `${[runtime.id, version.name, node].filter(Boolean).join('-')}.log`,
      new Blob([formatLines(shown)], { type: 'text/plain' }),
    );
  const describeEmpty = () => {
    if (logs.lines.length > 0) {
      return t('logs.noMatch');
    }
    if (version.status === 'CREATED') {
      return t('logs.neverRan');
    }
    return isOver ? t('logs.emptyStopped') : t('logs.empty');
  };

  const nodes = [
    'entrypoint',
    ...usedNodes(version.manifest).map(each => each.name),
  ];
  return (
    <div className={styles.logs}>
      <div className={styles.filters}>
        <Select
          aria-label={t('logs.node')}
          className={styles.select}
          options={[
            { value: ALL, label: t('logs.allNodes') },
            ...nodes.map(name => ({ value: name, label: name })),
          ]}
          value={node ?? ALL}
          onChange={key =>
            setParams(key === ALL ? {} : { node: String(key) }, {
              replace: true,
            })
          }
        />
        <Select
          aria-label={t('logs.level')}
          className={styles.select}
          options={LEVELS.map(each => ({
            value: each,
            label: each === 'debug' ? t('logs.allLevels') : t(`logs.${each}`),
          }))}
          value={level}
          onChange={key =>
            setLevel(LEVELS.find(each => each === key) ?? 'debug')
          }
        />
        <SearchField
          aria-label={t('logs.search')}
          placeholder={t('logs.search')}
          value={search}
          onChange={setSearch}
          className={styles.search}
        />
        {!isOver && (
          <Switch
            label={t('logs.follow')}
            isSelected={follow}
            onChange={setFollow}
          />
        )}
        <Button
          variant="secondary"
          iconStart={<RiDownloadLine />}
          onPress={download}
          isDisabled={shown.length === 0}
        >
          {t('logs.download')}
        </Button>
      </div>
      {logs.error && (
        <Alert
          role="alert"
          status="warning"
          icon
          title={t('logs.failed')}
          description={describeError(logs.error)}
        />
      )}
      {version.status === 'STOPPED' && logs.lines.length > 0 && (
        <Text as="p" variant="body-medium">
          {t('logs.lastRun')}
        </Text>
      )}
      <LogList lines={shown} emptyText={describeEmpty()} />
      <Text variant="body-small" color="secondary">
        {t('logs.lines', { count: shown.length })}
        {logs.dropped > 0 && ` · ${t('logs.dropped')}`}
      </Text>
    </div>
  );
}
