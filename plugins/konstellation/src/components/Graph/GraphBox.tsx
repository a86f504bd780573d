import { useEffect, useRef, type KeyboardEvent } from 'react';
import { VisuallyHidden } from '@backstage/ui';
import { RiGlobalLine, RiReplyLine } from '@remixicon/react';
import type { NodeReport } from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import { StatusShape } from '../Status/StatusShape';
import { nodeLooks } from '../Status/tones';
import styles from './Graph.module.css';
import { BOX, EXIT, type PlacedBox } from './layoutWorkflow';

/** One box of the graph: a node, the entrypoint, or the answer that leaves. */
export function GraphBox(props: {
  box: PlacedBox;
  /** Absent for the answer. */
  node: NodeReport | undefined;
  isSelected: boolean;
  /** Whether the Tab key lands on this one. */
  isEntry: boolean;
  onFocus: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
  onSelect: () => void;
}) {
  const { box, node, isSelected } = props;
  const t = useTexts();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isSelected) {
      // A link to a node of a long workflow shows that node.
      button.current?.scrollIntoView?.({ block: 'nearest', inline: 'center' });
    }
  }, [isSelected]);

  const style = {
    left: box.x,
    top: box.y,
    width: BOX.width,
    height: BOX.height,
  };

  if (!node) {
    const isExit = box.name === EXIT;
    return (
      <div
        className={styles.terminal}
        style={style}
        data-node={box.name}
        role="img"
        aria-label={isExit ? t('graph.exit') : box.name}
      >
        <RiReplyLine aria-hidden="true" size={18} />
        {isExit ? t('graph.exit') : box.name}
      </div>
    );
  }

  const look = nodeLooks[node.status];
  const status = t(`nodeStatus.${node.status}`);
  return (
    <button
      ref={button}
      type="button"
      className={styles.box}
      style={style}
      data-node={node.name}
      data-status={node.status}
      data-type={node.type}
      aria-pressed={isSelected}
      title={node.reason}
      tabIndex={props.isEntry ? 0 : -1}
      onFocus={props.onFocus}
      onKeyDown={props.onKeyDown}
      onClick={props.onSelect}
    >
      <span className={styles.boxName}>
        {node.type === 'entrypoint' && (
          <RiGlobalLine aria-hidden="true" size={16} />
        )}
        <span className={styles.ellipsis}>{node.name}</span>
      </span>{' '}
      <span className={styles.boxStatus}>
        <StatusShape look={look} />
        {node.reason && <VisuallyHidden>{status} </VisuallyHidden>}
        <span className={styles.ellipsis}>{node.reason ?? status}</span>{' '}
        <span className={styles.count}>
          {node.readyReplicas}/{node.replicas}
          {node.autoscaling && (
            <VisuallyHidden>
              {t('graph.autoscaling', {
                min: String(node.autoscaling.min),
                max: String(node.autoscaling.max),
              })}
            </VisuallyHidden>
          )}
        </span>
      </span>
    </button>
  );
}
