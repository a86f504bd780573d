import { useLayoutEffect, useRef, useState } from 'react';
import { Button } from '@backstage/ui';
import type { LogLine } from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import styles from './Logs.module.css';

/** Height of a line, as in the style sheet. */
const LINE_HEIGHT = 22;
const OVERSCAN = 20;
const FALLBACK_HEIGHT = 480;

/** Log lines, of which only those in sight are drawn. Stays at the newest one until scrolled away. */
export function LogList(props: { lines: LogLine[]; emptyText: string }) {
  const { lines } = props;
  const t = useTexts();
  const area = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [isAtEnd, setAtEnd] = useState(true);

  const goToEnd = () => {
    const element = area.current;
    if (element) {
      element.scrollTop = element.scrollHeight;
    }
  };
  useLayoutEffect(() => {
    if (isAtEnd) {
      goToEnd();
    }
  }, [lines, isAtEnd]);

  const onScroll = () => {
    const element = area.current;
    if (element) {
      const left =
        element.scrollHeight - element.scrollTop - element.clientHeight;
      setTop(element.scrollTop);
      setAtEnd(left < 2 * LINE_HEIGHT);
    }
  };

  const height = area.current?.clientHeight || FALLBACK_HEIGHT;
  const first = Math.max(0, Math.floor(top / LINE_HEIGHT) - OVERSCAN);
  const last = Math.ceil((top + height) / LINE_HEIGHT) + OVERSCAN;

  return (
    <div className={styles.frame}>
      <div
        ref={area}
        role="log"
        // Lines may come by the hundred; the reader asks for them by going there.
        aria-live="off"
        aria-label={t('logs.log')}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolls by keyboard
        tabIndex={0}
        className={styles.list}
        onScroll={onScroll}
      >
        {lines.length === 0 && (
          <p className={styles.empty}>{props.emptyText}</p>
        )}
        <div
          className={styles.content}
          style={{ height: lines.length * LINE_HEIGHT }}
        >
          {lines.slice(first, last).map((line, index) => (
            <LogRow
              key={first + index}
              line={line}
              top={(first + index) * LINE_HEIGHT}
            />
          ))}
        </div>
      </div>
      {!isAtEnd && lines.length > 0 && (
        <div className={styles.toEnd}>
          <Button size="small" variant="primary" onPress={goToEnd}>
            {t('logs.toEnd')}
          </Button>
        </div>
      )}
    </div>
  );
}

function LogRow(props: { line: LogLine; top: number }) {
  const { line } = props;
  if (line.marker) {
    return <GapRow line={line} top={props.top} />;
  }
  return (
    <div
      className={styles.row}
      data-level={line.level}
      style={{ top: props.top }}
    >
      <time
        className={styles.time}
        dateTime={line.at}
        title={new Date(line.at).toLocaleString()}
      >
        {line.at.slice(11, 23)}
      </time>
      <span className={styles.level}>{line.level}</span>
      <span className={styles.node} title={line.pod}>
        {line.node}
      </span>
      <span>{line.message}</span>
    </div>
  );
}

/** What is missing here, and why: never a silent gap. */
function GapRow(props: { line: LogLine; top: number }) {
  const { line } = props;
  const t = useTexts();
  return (
    <div className={styles.row} data-marker style={{ top: props.top }}>
      <time
        className={styles.time}
        dateTime={line.at}
        title={new Date(line.at).toLocaleString()}
      >
        {line.at.slice(11, 23)}
      </time>
      <span className={styles.gap}>
        <strong>{t('logs.gap')}</strong> {line.node} · {line.message}
      </span>
    </div>
  );
}
