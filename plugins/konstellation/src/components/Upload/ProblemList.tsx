import { Text } from '@backstage/ui';
import type { KrtProblem } from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import { StatusShape } from '../Status/StatusShape';
import { groupProblems } from './groupProblems';
import styles from './Upload.module.css';

/** What is wrong with a package, by file, with the line of krt.yml it is about. */
export function ProblemList(props: {
  problems: KrtProblem[];
  /** Text of krt.yml, where it could be read. */
  manifest?: string;
}) {
  const t = useTexts();
  const lines = props.manifest?.split(/\r?\n/);
  return (
    <div className={styles.groups}>
      {groupProblems(props.problems).map(group => {
        const file = group.file || t('upload.wholePackage');
        const isManifest = /^krt\.ya?ml$/.test(group.file);
        return (
          <section
            key={group.file}
            aria-label={t('upload.problemList', { file })}
          >
            <Text as="h4" variant="body-medium" weight="bold">
              {file}
            </Text>
            <ul className={styles.problems}>
              {group.problems.map((problem, index) => (
                <Problem
                  key={`${problem.code} ${problem.path} ${index}`}
                  problem={problem}
                  file={file}
                  source={
                    isManifest && problem.line
                      ? lines?.[problem.line - 1]
                      : undefined
                  }
                />
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}

function Problem(props: {
  problem: KrtProblem;
  file: string;
  source: string | undefined;
}) {
  const t = useTexts();
  const { line, column, severity, message, hint, code } = props.problem;
  const isError = severity === 'error';
  const place =
    line &&
    (column
      ? t('upload.lineColumn', { line: String(line), column: String(column) })
      : t('upload.line', { line: String(line) }));
  return (
    <li className={styles.problem} data-code={code}>
      <div className={styles.what}>
        <StatusShape
          look={
            isError
              ? { tone: 'danger', shape: 'diamond' }
              : { tone: 'warning', shape: 'half' }
          }
        />
        <span>
          <strong>{isError ? t('upload.error') : t('upload.warning')}</strong>
          {place && `, ${place}`}: {message}
        </span>
      </div>
      {props.source !== undefined && line && (
        <details className={styles.source} open>
          <summary>
            {t('upload.showLine', { line: String(line), file: props.file })}
          </summary>
          <pre>
            <code>
              <span aria-hidden="true">{line} │ </span>
              {props.source}
            </code>
          </pre>
        </details>
      )}
      {hint && <div className={styles.hint}>{hint}</div>}
    </li>
  );
}
