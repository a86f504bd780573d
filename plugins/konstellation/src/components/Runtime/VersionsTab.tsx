import type { Runtime } from '@konstellation/backstage-plugin-konstellation-common';
import type { RuntimePermissions } from '../../hooks/useRuntimePermissions';
import { useTexts } from '../../hooks/useTexts';
import { SolutionSections } from './SolutionSection';
import { SolutionVersions } from './SolutionVersions';

/** The versions of a runtime, newest first, by solution where it has more than one. */
export function VersionsTab(props: {
  runtime: Runtime;
  permissions: RuntimePermissions;
  /** Opens the file chooser; absent where uploading is not permitted. */
  onChoosePackage?: () => void;
  /** A command changed what the page's heading shows. */
  onChanged: () => void;
}) {
  const t = useTexts();
  return (
    <SolutionSections
      solutions={props.runtime.solutions}
      labelOf={({ name }) => t('versions.ofSolution', { solution: name })}
    >
      {(solution, isOnly) => (
        <SolutionVersions {...props} solution={solution.id} isOnly={isOnly} />
      )}
    </SolutionSections>
  );
}
