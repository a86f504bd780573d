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
import { describeError } from '../Common/ErrorNotice';
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

  const logs = useLogs(
    { runtime: runtime.id, version: version.name },
    { node, follow },
    // A start brings other pods.
    version.status === 'STARTING' ? version.statusSince : '',
  );
  const shown = useMemo(
    () => filterLines(logs.lines, { level, search }),
    [logs.lines, level, search],
  );

  const download = () => {
    const url = URL.createObjectURL(
      new Blob([formatLines(shown)], { type: 'text/plain' }),
    );
    const link = document.createElement('a');
    link.href = url;
    link.download = `${runtime.id}-${version.name}${
      node ? `-${node}` : ''
    }.log`;
    link.click();
    URL.revokeObjectURL(url);
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
        <Switch
          label={t('logs.follow')}
          isSelected={follow}
          onChange={setFollow}
        />
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
      <LogList
        lines={shown}
        emptyText={
          logs.lines.length === 0 ? t('logs.empty') : t('logs.noMatch')
        }
      />
      <Text variant="body-small" color="secondary">
        {t('logs.lines', { count: shown.length })}
        {logs.dropped > 0 && ` · ${t('logs.dropped')}`}
      </Text>
    </div>
  );
}
