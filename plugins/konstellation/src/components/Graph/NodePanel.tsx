import { ButtonIcon, Link, Text } from '@backstage/ui';
import { RiCloseLine } from '@remixicon/react';
import type {
  EventReport,
  NodeReport,
  PodReport,
} from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import { RelativeTime } from '../Common/RelativeTime';
import { StatusShape } from '../Status/StatusShape';
import { nodeLooks } from '../Status/tones';
import styles from './Graph.module.css';

const MAXIMUM_EVENTS = 10;

/** What one node is made of and what happened to it. */
export function NodePanel(props: {
  node: NodeReport;
  events: EventReport[];
  path: string;
  onClose: () => void;
}) {
  const { node } = props;
  const t = useTexts();
  return (
    <section className={styles.panel} aria-label={node.name}>
      <div className={styles.panelHead}>
        <StatusShape look={nodeLooks[node.status]} />
        <Text as="h4" variant="body-medium" weight="bold">
          {node.name}
        </Text>
        <span>{t(`nodeStatus.${node.status}`)}</span>
        <Link href={`${props.path}/logs?node=${encodeURIComponent(node.name)}`}>
          {t('graph.logs', { name: node.name })}
        </Link>
        {node.line !== undefined && (
          <span className={styles.secondary}>
            {t('graph.manifestLine', { line: String(node.line) })}
          </span>
        )}
        <span className={styles.closeButton}>
          <ButtonIcon
            size="small"
            variant="tertiary"
            aria-label={t('graph.closePanel', { name: node.name })}
            icon={<RiCloseLine />}
            onPress={props.onClose}
          />
        </span>
      </div>
      {node.reason && <p>{node.reason}</p>}
      <p className={styles.secondary}>
        {t('graph.image')} <span className={styles.mono}>{node.image}</span>
        {node.src && (
          <>
            {' '}
            · {t('graph.source')}{' '}
            <span className={styles.mono}>{node.src}</span>
          </>
        )}
      </p>
      <div>
        <h5>{t('graph.pods')}</h5>
        {node.autoscaling && (
          <p className={styles.secondary}>
            {t('graph.autoscaling', {
              min: String(node.autoscaling.min),
              max: String(node.autoscaling.max),
            })}
          </p>
        )}
        {node.pods.length === 0 ? (
          <p className={styles.secondary}>{t('graph.noPods')}</p>
        ) : (
          <ul className={styles.lines}>
            {node.pods.map(pod => (
              <PodLine key={pod.name} pod={pod} />
            ))}
          </ul>
        )}
      </div>
      <div>
        <h5>{t('graph.events')}</h5>
        {props.events.length === 0 ? (
          <p className={styles.secondary}>{t('graph.noEvents')}</p>
        ) : (
          <ul className={styles.lines}>
            {props.events.slice(0, MAXIMUM_EVENTS).map((event, index) => (
              <EventLine key={`${event.at} ${index}`} event={event} />
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}

function PodLine({ pod }: { pod: PodReport }) {
  const t = useTexts();
  const { lastTermination } = pod;
  return (
    <li className={styles.line}>
      <StatusShape look={pod.ready ? nodeLooks.READY : nodeLooks.STARTING} />
      <span>
        <span className={styles.mono}>{pod.name}</span>{' '}
        {pod.ready ? t('graph.podReady') : t('graph.podNotReady')} · {pod.phase}{' '}
        · {t('graph.restarts', { count: pod.restarts })}
        {pod.startedAt && (
          <>
            {' '}
            · <RelativeTime at={pod.startedAt} />
          </>
        )}
        {pod.message && <div>{pod.message}</div>}
        {lastTermination && (
          <div className={styles.secondary}>
            {t('graph.exited', {
              code: String(lastTermination.exitCode),
              reason: lastTermination.reason,
            })}
            {lastTermination.message && `: ${lastTermination.message}`}{' '}
            <RelativeTime at={lastTermination.at} />
          </div>
        )}
      </span>
    </li>
  );
}

function EventLine({ event }: { event: EventReport }) {
  const t = useTexts();
  return (
    <li className={styles.line}>
      <StatusShape
        look={
          event.type === 'Warning'
            ? { tone: 'warning', shape: 'half' }
            : { tone: 'muted', shape: 'hollow' }
        }
      />
      <span>
        {event.message}{' '}
        <span className={styles.secondary}>
          {event.reason}
          {event.count > 1 &&
            ` ${t('graph.eventCount', { times: String(event.count) })}`}{' '}
          <RelativeTime at={event.at} />
        </span>
      </span>
    </li>
  );
}
