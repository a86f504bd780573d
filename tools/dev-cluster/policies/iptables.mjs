// Our chains in the iptables of the network that this process is in.
import { attempt, must } from '../commands.mjs';
import { hookLines, policyChains, renderPolicies } from './render.mjs';

/** Another process may hold the lock of iptables. */
const PATIENCE = ['-w', '5'];

/** Puts the hooks in where they are missing; {@link renderPolicies} moves what is there. */
function hook(standIns) {
  attempt('iptables', [...PATIENCE, '-N', 'POLICY']);
  for (const line of hookLines(standIns)) {
    const words = line.split(' ');
    if (!attempt('iptables', [...PATIENCE, '-C', ...words]).ok) {
      must('iptables', [...PATIENCE, '-I', ...words]);
    }
  }
}

/** @param standIns - see renderPolicies @returns what applies isolations, at once and all or nothing; it does nothing when nothing changed */
export function policyTable(standIns) {
  hook(standIns);
  let applied;
  let stale = policyChains(must('iptables-save', ['-t', 'filter']));
  return {
    apply(isolations) {
      const text = renderPolicies(isolations, { standIns });
      if (text === applied) return false;
      must('iptables-restore', [...PATIENCE, '--noflush'], {
        input: renderPolicies(isolations, { standIns, stale }),
      });
      applied = text;
      stale = policyChains(text);
      return true;
    },

    /** @returns whether packets still come to us first, and takes it for changed where not */
    isFirst() {
      const { output } = attempt('iptables', [...PATIENCE, '-S', 'FORWARD']);
      const first = output.split('\n').find(line => line.startsWith('-A'));
      if (first === '-A FORWARD -j POLICY') return true;
      hook(standIns);
      applied = undefined;
      return false;
    },
  };
}
