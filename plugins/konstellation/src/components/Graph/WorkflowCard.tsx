import { Button, Text } from '@backstage/ui';
import type {
  EventReport,
  NodeReport,
  WorkflowReport,
} from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import { StatusShape } from '../Status/StatusShape';
import { nodeLooks } from '../Status/tones';
import { Panel } from '../Common/Panel';
import styles from './Graph.module.css';
import { NodePanel } from './NodePanel';
import { WorkflowGraph } from './WorkflowGraph';

const MAXIMUM_TROUBLES_NAMED = 6;

/** One workflow: its graph and, below it, the node one looks at. */
export function WorkflowCard(props: {
  workflow: WorkflowReport;
  events: EventReport[];
  path: string;
  selected: string | undefined;
  onSelect: (node: string | undefined) => void;
}) {
  const t = useTexts();
  const { workflow, selected } = props;
  const ready = workflow.nodes.filter(each => each.status === 'READY').length;
  const selectedNode = workflow.nodes.find(each => each.name === selected);
  return (
    <Panel label={workflow.name}>
      <div className={styles.cardHead}>
        <Text as="h3" variant="body-large" weight="bold">
          {workflow.name}
        </Text>
        <span className={styles.secondary}>
          {t('graph.calledBy', { rpc: workflow.rpc })}
        </span>
        <span className={styles.spread}>
          {t('graph.ready', {
            ready: String(ready),
            total: String(workflow.nodes.length),
          })}
        </span>
      </div>
      <Troubles nodes={workflow.nodes} onSelect={props.onSelect} />
      <WorkflowGraph
        workflow={workflow}
        selected={selected}
        onSelect={props.onSelect}
      />
      {selectedNode && (
        <NodePanel
          key={selectedNode.name}
          node={selectedNode}
          events={props.events.filter(each => each.node === selectedNode.name)}
          path={props.path}
          onClose={() => props.onSelect(undefined)}
        />
      )}
    </Panel>
  );
}

/** The nodes in trouble by name: in a long workflow they may be out of sight. */
function Troubles(props: {
  nodes: NodeReport[];
  onSelect: (node: string) => void;
}) {
  const t = useTexts();
  const troubled = props.nodes.filter(
    each => each.status === 'ERROR' || each.status === 'DEGRADED',
  );
  if (troubled.length === 0) {
    return null;
  }
  return (
    <div className={styles.troubles}>
      {t('graph.notReady')}
      {troubled.slice(0, MAXIMUM_TROUBLES_NAMED).map(node => (
        <Button
          key={node.name}
          size="small"
          variant="secondary"
          iconStart={<StatusShape look={nodeLooks[node.status]} />}
          onPress={() => props.onSelect(node.name)}
        >
          {node.name}
        </Button>
      ))}
      {troubled.length > MAXIMUM_TROUBLES_NAMED &&
        `+${troubled.length - MAXIMUM_TROUBLES_NAMED}`}
    </div>
  );
}
