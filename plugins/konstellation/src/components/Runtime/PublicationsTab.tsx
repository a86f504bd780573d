import type { Runtime } from '@konstellation/backstage-plugin-konstellation-common';
import type { RuntimePermissions } from '../../hooks/useRuntimePermissions';
import { useTexts } from '../../hooks/useTexts';
import { SolutionPublications } from './SolutionPublications';
import { SolutionSections } from './SolutionSection';

/** What was published when, by whom and why, with the way back, by solution where there is more than one. */
export function PublicationsTab(props: {
  runtime: Runtime;
  permissions: RuntimePermissions;
  onChanged: () => void;
}) {
  const t = useTexts();
  return (
    <SolutionSections
      solutions={props.runtime.solutions}
      labelOf={({ name }) => t('publications.ofSolution', { solution: name })}
    >
      {(solution, isOnly) => (
        <SolutionPublications
          {...props}
          solution={solution.id}
          isOnly={isOnly}
        />
      )}
    </SolutionSections>
  );
}
