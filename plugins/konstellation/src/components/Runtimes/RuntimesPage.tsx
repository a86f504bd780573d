import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { Button, SearchField, Select } from '@backstage/ui';
import { useApi, useRouteRef } from '@backstage/core-plugin-api';
import { usePermission } from '@backstage/plugin-permission-react';
import {
  runtimeCreatePermission,
  type Runtime,
} from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { useLiveReload } from '../../hooks/useLiveReload';
import { usePagedResource } from '../../hooks/usePagedResource';
import { usePaused } from '../../hooks/usePaused';
import { useTexts } from '../../hooks/useTexts';
import { runtimeRouteRef } from '../../routes';
import { EmptyNotice } from '../Common/EmptyNotice';
import { ErrorNotice } from '../Common/ErrorNotice';
import { PageFrame } from '../PageFrame/PageFrame';
import { CreateRuntimeDialog } from './CreateRuntimeDialog';
import { NeedsAttention } from './NeedsAttention';
import { RuntimesTable } from './RuntimesTable';
import { TryExample } from './TryExample';
import { useOverviewTabs } from './useOverviewTabs';
import styles from './Runtimes.module.css';

const STATUSES: Array<Runtime['status']> = [
  'PUBLISHED',
  'RUNNING',
  'IDLE',
  'EMPTY',
  'ERROR',
];
const ANY = 'any';

/** Every runtime the user may see: those in trouble first. */
export function RuntimesPage() {
  const t = useTexts();
  const api = useApi(konstellationApiRef);
  const navigate = useNavigate();
  const runtimePath = useRouteRef(runtimeRouteRef);
  const mayCreate = usePermission({ permission: runtimeCreatePermission });
  const [isCreating, setCreating] = useState(false);
  const [typed, setTyped] = useState('');
  const [status, setStatus] = useState(ANY);
  const search = usePaused(typed.trim());

  const runtimes = usePagedResource(`${search}\n${status}`, (page, signal) =>
    api.listRuntimes(
      {
        ...page,
        search: search || undefined,
        status: status === ANY ? undefined : status,
      },
      { signal },
    ),
  );
  useLiveReload(
    runtimes.reload,
    (runtimes.value ?? []).map(each => each.signal),
  );

  const tabs = useOverviewTabs();
  const isFiltered = Boolean(search) || status !== ANY;
  const isEmpty = runtimes.value?.length === 0 && !isFiltered;
  const createButton = mayCreate.allowed && (
    <Button variant="primary" onPress={() => setCreating(true)}>
      {t('runtimes.create')}
    </Button>
  );

  return (
    <>
      <PageFrame
        title={t('runtimes.title')}
        actions={!isEmpty && createButton}
        tabs={isEmpty ? undefined : tabs}
      >
        {runtimes.error && (
          <ErrorNotice
            error={runtimes.error}
            what={t('runtimes.title')}
            onRetry={runtimes.reload}
            stale={Boolean(runtimes.value)}
          />
        )}
        {isEmpty ? (
          <EmptyNotice
            title={t('runtimes.emptyTitle')}
            text={t('runtimes.emptyText')}
          >
            {createButton}
            {mayCreate.allowed && <TryExample />}
          </EmptyNotice>
        ) : (
          <>
            <NeedsAttention runtimes={runtimes.value ?? []} />
            <div className={styles.filters}>
              <SearchField
                aria-label={t('runtimes.search')}
                placeholder={t('runtimes.search')}
                value={typed}
                onChange={setTyped}
                className={styles.search}
              />
              <Select
                aria-label={t('runtimes.status')}
                className={styles.status}
                options={[
                  { value: ANY, label: t('runtimes.anyStatus') },
                  ...STATUSES.map(each => ({
                    value: each,
                    label: t(`runtimes.status${each}`),
                  })),
                ]}
                value={status}
                onChange={key => setStatus(String(key))}
              />
            </div>
            {!(runtimes.error && !runtimes.value) && (
              <RuntimesTable
                runtimes={runtimes.value}
                isFiltered={isFiltered}
              />
            )}
            {runtimes.showMore && (
              <Button variant="secondary" onPress={runtimes.showMore}>
                {t('common.showMore')}
              </Button>
            )}
          </>
        )}
      </PageFrame>
      {isCreating && (
        <CreateRuntimeDialog
          onClose={() => setCreating(false)}
          onCreated={runtime => navigate(runtimePath({ runtime: runtime.id }))}
        />
      )}
    </>
  );
}
