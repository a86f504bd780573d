import { useId, useState, type ReactNode } from 'react';
import { Text } from '@backstage/ui';
import { RiArrowDownSLine } from '@remixicon/react';
import type { Solution } from '@konstellation/backstage-plugin-konstellation-common';
import styles from './Runtime.module.css';

/** Up to so many are open at first: each reads its own list. */
const MAXIMUM_OPEN = 4;

/** Each solution's part of a tab under its name; the plain part where there is only one. */
export function SolutionSections(props: {
  solutions: Solution[];
  /** Names a section. */
  labelOf: (solution: Solution) => string;
  /** `isOnly`: the runtime has no other solution. */
  children: (solution: Solution, isOnly: boolean) => ReactNode;
}) {
  const { solutions } = props;
  if (solutions.length === 1) {
    return <>{props.children(solutions[0], true)}</>;
  }
  return (
    <div className={styles.sections}>
      {solutions.map((solution, index) => (
        <SolutionSection
          key={solution.id}
          solution={solution}
          label={props.labelOf(solution)}
          isOpenAtFirst={index === 0 || solutions.length <= MAXIMUM_OPEN}
        >
          {() => props.children(solution, false)}
        </SolutionSection>
      ))}
    </div>
  );
}

function SolutionSection(props: {
  solution: Solution;
  label: string;
  isOpenAtFirst: boolean;
  children: () => ReactNode;
}) {
  const { solution } = props;
  const [isOpen, setOpen] = useState(props.isOpenAtFirst);
  const contentId = useId();
  return (
    <section className={styles.section} aria-label={props.label}>
      <Text as="h3" variant="body-large" weight="bold">
        <button
          type="button"
          className={styles.sectionButton}
          aria-expanded={isOpen}
          aria-controls={contentId}
          onClick={() => setOpen(!isOpen)}
        >
          <RiArrowDownSLine size={18} aria-hidden />
          <span>{solution.name}</span>
          {solution.name !== solution.id && (
            <span className={styles.sectionId}>{solution.id}</span>
          )}
        </button>
      </Text>
      <div id={contentId} className={styles.sectionContent}>
        {isOpen && props.children()}
      </div>
    </section>
  );
}
