import { useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { VisuallyHidden } from '@backstage/ui';
import type {
  NodeReport,
  WorkflowReport,
} from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import { GraphBox } from './GraphBox';
import styles from './Graph.module.css';
import { findNeighbour, layoutWorkflow } from './layoutWorkflow';

/** A workflow drawn live. Laid out once per shape of the workflow; a change of status only recolours. */
export function WorkflowGraph(props: {
  workflow: WorkflowReport;
  selected: string | undefined;
  onSelect: (node: string | undefined) => void;
}) {
  const { workflow, selected } = props;
  const t = useTexts();
  const arrowId = useId();
  const helpId = useId();
  const area = useRef<HTMLDivElement>(null);

  const shape = JSON.stringify([
    workflow.nodes.map(each => each.name),
    workflow.edges,
  ]);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the shape stands for what the layout depends on
  const layout = useMemo(() => layoutWorkflow(workflow), [shape]);

  const nodes = new Map<string, NodeReport>(
    workflow.nodes.map(each => [each.name, each]),
  );
  const [focused, setFocused] = useState<string>();
  const entry =
    [focused, selected].find(name =>
      layout.boxes.some(box => box.name === name),
    ) ?? layout.boxes[0]?.name;

  const onKeyDown = (event: KeyboardEvent) => {
    const next = entry && findNeighbour(layout, entry, event.key);
    if (!next) {
      return;
    }
    event.preventDefault();
    const boxes = area.current?.querySelectorAll<HTMLElement>('[data-node]');
    [...(boxes ?? [])].find(each => each.dataset.node === next)?.focus();
  };

  return (
    <div className={styles.scroller}>
      <div
        ref={area}
        role="group"
        aria-label={t('graph.workflow', { name: workflow.name })}
        aria-describedby={helpId}
        className={styles.graph}
        style={{ width: layout.width, height: layout.height }}
      >
        <VisuallyHidden id={helpId}>{t('graph.graphHelp')}</VisuallyHidden>
        <svg
          className={styles.edges}
          width={layout.width}
          height={layout.height}
          aria-hidden="true"
        >
          <defs>
            <marker
              id={arrowId}
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="8"
              markerHeight="8"
              orient="auto-start-reverse"
            >
              <path d="M 0 0 L 8 4 L 0 8 Z" className={styles.arrow} />
            </marker>
          </defs>
          {layout.edges.map((edge, index) => (
            <path
              key={`${edge.from} ${edge.to} ${index}`}
              d={edge.path}
              className={styles.edge}
              data-status={nodes.get(edge.from)?.status}
              markerEnd={`url(#${arrowId})`}
            />
          ))}
        </svg>
        {layout.boxes.map(box => (
          <GraphBox
            key={box.name}
            box={box}
            node={nodes.get(box.name)}
            isSelected={box.name === selected}
            isEntry={box.name === entry}
            onFocus={() => setFocused(box.name)}
            onKeyDown={onKeyDown}
            onSelect={() =>
              props.onSelect(box.name === selected ? undefined : box.name)
            }
          />
        ))}
      </div>
    </div>
  );
}
