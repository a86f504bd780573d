import { useSearchParams } from 'react-router-dom';
import { useApi } from '@backstage/core-plugin-api';
import type {
  Runtime,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { useLiveReload } from '../../hooks/useLiveReload';
import { useResource } from '../../hooks/useResource';
import { useTexts } from '../../hooks/useTexts';
import { isChanging } from '../../hooks/useVersion';
import { ErrorNotice } from '../Common/ErrorNotice';
import { LoadingBlock } from '../Common/LoadingBlock';
import { ConditionList } from './ConditionList';
import { WorkflowCard } from './WorkflowCard';

/** The version's workflows as a live graph, and what stands in its way. */
export function StatusTab(props: {
  runtime: Runtime;
  version: Version;
  path: string;
}) {
  const { runtime, version } = props;
  const t = useTexts();
  const api = useApi(konstellationApiRef);
  const ref = { runtime: runtime.id, version: version.name };
  const report = useResource(version.uid, signal =>
    api.getStatus(ref, { signal }),
  );
  useLiveReload(report.reload, [runtime.signal], {
    changing: isChanging(version),
  });

  const [search, setSearch] = useSearchParams();
  const selected = search.get('node') ?? undefined;
  const selectedWorkflow = search.get('workflow') ?? undefined;
  const select = (workflow: string, node: string | undefined) =>
    setSearch(node ? { workflow, node } : {}, { replace: true });

  if (!report.value) {
    return report.error ? (
      <ErrorNotice
        error={report.error}
        what={t('graph.statusFailed')}
        onRetry={report.reload}
      />
    ) : (
      <LoadingBlock lines={6} />
    );
  }
  const { workflows, conditions, events } = report.value;
  // `?node=` alone is enough of a link: the first workflow that has the node shows it.
  const shownIn =
    selectedWorkflow ??
    workflows.find(each => each.nodes.some(node => node.name === selected))
      ?.name;
  return (
    <>
      {report.error && (
        <ErrorNotice
          error={report.error}
          what={t('graph.statusFailed')}
          onRetry={report.reload}
          stale
        />
      )}
      <ConditionList
        conditions={conditions}
        status={report.value.status}
        statusMessage={version.statusMessage}
      />
      {workflows.map(workflow => (
        <WorkflowCard
          key={workflow.name}
          workflow={workflow}
          events={events}
          path={props.path}
          selected={workflow.name === shownIn ? selected : undefined}
          onSelect={node => select(workflow.name, node)}
        />
      ))}
    </>
  );
}
