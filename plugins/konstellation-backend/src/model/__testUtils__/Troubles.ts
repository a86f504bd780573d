import type { Behaviour } from '../../__testUtils__/simulation/behaviours';
import type { SimulatedCluster } from '../../__testUtils__/simulation/SimulatedCluster';
import { releaseOf } from './objects';
import type { Rows } from './rows';
import type { Version } from './spec/state';

interface Said {
  runtime: string;
  version: string;
  /** Of one revision of the version that has the name just now. */
  of?: { version: Version; revision: number };
  isFine: boolean;
}

/** How versions fare in the cluster, by what was said last. */
export class Troubles {
  readonly #said: Said[] = [];

  constructor(private readonly cluster: SimulatedCluster) {}

  /** Whether everything of a version that is to run gets ready. */
  readonly isFine = (version: Version): boolean => {
    const { runtime } = version.solution;
    const said = this.#said.findLast(each =>
      each.of
        ? each.of.version === version && each.of.revision === version.running
        : each.runtime === runtime.id && each.version === version.name,
    );
    return said?.isFine ?? true;
  };

  /** Something is wrong with a version, whatever its revision. */
  has(name: { runtime: string; version: string }): boolean {
    const last = this.#said.findLast(
      each => each.runtime === name.runtime && each.version === name.version,
    );
    return last?.isFine === false;
  }

  /** From now on pods of the version fare like this. */
  say(
    { runtime, version }: { runtime: string; version: string },
    behaviour: Behaviour,
    node?: string,
  ): void {
    const namespace = `kre-${runtime}`;
    this.cluster.behave({ namespace, version, node }, behaviour);
    this.#said.push({ runtime, version, isFine: behaviour.is === 'ready' });
  }

  /** Pods of the next revision of the version are going to fare like this. */
  sayOfNext(
    version: Version,
    rows: Rows,
    behaviour: Behaviour,
    node: string,
  ): void {
    const runtime = version.solution.runtime.id;
    const row = rows.versions.find(
      each => each.runtime === runtime && each.name === version.name,
    );
    if (!row) return;
    const revision = version.revisions.length;
    this.cluster.behave({ release: releaseOf(row, revision), node }, behaviour);
    this.#said.push({
      runtime,
      version: version.name,
      of: { version, revision },
      isFine: false,
    });
  }
}
