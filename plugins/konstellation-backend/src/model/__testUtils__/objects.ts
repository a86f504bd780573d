import {
  refOf,
  type ObjectRef,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { SimulatedCluster } from '../../__testUtils__/simulation/SimulatedCluster';
import {
  asSecret,
  asService,
  KINDS,
} from '../../__testUtils__/simulation/objects';
import {
  toRuntime,
  toSolution,
  toVersion,
  type VersionRow,
} from '../../database/rows';
import type { RuntimeRecord } from '../../domain/types';
import { defaultImageRules } from '../../manifests/images';
import {
  LABELS,
  publishedServiceName,
  releaseId,
  releaseName,
} from '../../manifests/naming';
import { anchorObject, releaseObjects } from '../../manifests/releaseObjects';
import { runtimeObjects } from '../../manifests/runtimeObjects';
import { solutionObjects } from '../../manifests/solutionObjects';
import type { Model } from './spec/Model';
import type { Runtime, Solution, Version } from './spec/state';
import type { Rows } from './rows';

/** Names do not matter. */
const IMAGES = {
  entrypoint: 'entrypoint',
  python: 'python',
  node: 'node',
  krtFetch: 'krt-fetch',
};

const namespaceOf = (runtime: string) => `kre-${runtime}`;

/** Id of a version with a configuration revision. */
export function releaseOf(row: VersionRow, revision: number): string {
  return releaseId({
    uid: row.uid,
    packageDigest: row.package_digest,
    revision,
  });
}

function rowOf({ name, solution }: Version, rows: Rows) {
  return rows.versions.find(
    row => row.runtime === solution.runtime.id && row.name === name,
  );
}

/** Everything that is to be in the cluster while all is at rest, made by the builders of the product. */
function expectedObjects(runtimes: Runtime[], rows: Rows): ObjectRef[] {
  return runtimes
    .flatMap(({ id, solutions }) => {
      const row = rows.runtimes.find(each => each.id === id);
      const runtime = row && toRuntime(row);
      if (!runtime) return [];
      return [
        ...runtimeObjects(runtime, 'portal'),
        ...rows.solutions
          .filter(each => each.runtime === id)
          .map(toSolution)
          .flatMap(solution =>
            solutionObjects({
              runtime,
              solution,
              front: { protocol: 'http', domain: 'localhost' },
            }),
          ),
        ...solutions
          .flatMap(({ versions }) => versions)
          .flatMap(version => objectsOf(version, runtime, rows)),
      ];
    })
    .map(refOf);
}

function objectsOf(version: Version, runtime: RuntimeRecord, rows: Rows) {
  const row = rowOf(version, rows);
  if (version.running === undefined || !row) return [];
  const { wanted, published } = version.solution;
  // What ran before stays while callers cannot be moved on.
  const isLeft = wanted === published;
  const revisions = [
    version.running,
    ...(row.retiring_revision === null || isLeft
      ? []
      : [row.retiring_revision]),
  ];
  return revisions.flatMap(revision => {
    const options = {
      runtime,
      version: toVersion(row),
      revision,
      release: releaseOf(row, revision),
    };
    return [
      anchorObject(options),
      ...releaseObjects(
        {
          ...options,
          values: {},
          packageUrl: '',
          packageToken: '',
          packageLimits: {},
          python: { pip: {}, volumeSize: '4Gi' },
          internalToken: '',
          images: IMAGES,
          imageRules: defaultImageRules(IMAGES),
          gpu: {},
          progressDeadlineSeconds: 1,
        },
        '',
      ),
    ];
  });
}

/** Values of the configuration that a release runs with. */
async function valuesOf(
  cluster: SimulatedCluster,
  { namespace, name }: { namespace: string; name: string },
): Promise<Record<string, string>> {
  const ref = { apiVersion: 'v1', kind: 'Secret', namespace, name };
  const found = await cluster.get(ref);
  const entries = Object.entries((found && asSecret(found).data) ?? {});
  return Object.fromEntries(
    entries
      .filter(([key]) => !key.startsWith('KRT_'))
      .map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );
}

async function configurationProblems(
  cluster: SimulatedCluster,
  version: Version,
  row: VersionRow,
): Promise<string[]> {
  const { name, running, revisions } = version;
  if (running === undefined) return [];
  const values = await valuesOf(cluster, {
    namespace: namespaceOf(row.runtime),
    name: releaseName(name, releaseOf(row, running)),
  });
  const wanted = revisions[running] ?? {};
  const keys = new Set([...Object.keys(values), ...Object.keys(wanted)]);
  return [...keys]
    .filter(key => values[key] !== wanted[key]?.value)
    .map(
      key =>
        `${name} runs with ${key}=${values[key]}, not ${wanted[key]?.value}`,
    );
}

/** Where callers at the address of a solution are sent. */
async function addressOf(
  cluster: SimulatedCluster,
  { id, runtime }: Solution,
): Promise<string | undefined> {
  const service = await cluster.get({
    ...KINDS.service,
    namespace: namespaceOf(runtime.id),
    name: publishedServiceName(id),
  });
  return service && asService(service).spec?.selector?.[LABELS.release];
}

/** What of the cluster is not as it is to be while everything is at rest; a line each. */
export async function clusterProblems(
  cluster: SimulatedCluster,
  { runtimes }: Model,
  rows: Rows,
  isFine: (version: Version) => boolean,
): Promise<string[]> {
  const { unexpected, missing } = cluster.orphans(
    expectedObjects(runtimes, rows),
  );
  const problems = [
    ...unexpected.map(key => `should not be in the cluster: ${key}`),
    ...missing.map(key => `is missing in the cluster: ${key}`),
  ];
  const open = new Set<string>();
  const closed = new Set<string>();
  for (const solution of runtimes.flatMap(({ solutions }) => solutions)) {
    const { published, wanted, versions } = solution;
    const row = published && rowOf(published.of, rows);
    const release = row ? releaseOf(row, published.revision) : 'none';
    const address = await addressOf(cluster, solution);
    if (address !== release) {
      problems.push(
        `the address of ${solution.id} leads to ${address}, not to ${release}`,
      );
    }
    for (const version of versions) {
      const { running } = version;
      const of = rowOf(version, rows);
      if (!of || running === undefined) continue;
      problems.push(...(await configurationProblems(cluster, version, of)));
      // Nobody is sent to what is not ready; and while a switch cannot come through, whoever was let in stays.
      if (!isFine(version) || wanted !== published) continue;
      const own = releaseOf(of, running);
      (own === release ? open : closed).add(own);
    }
  }
  for (const [release, gates] of Object.entries(cluster.gates())) {
    const isWrong = (gate: string) =>
      (open.has(release) && gate !== 'open') ||
      (closed.has(release) && gate !== 'closed');
    problems.push(
      ...gates
        .filter(isWrong)
        .map(gate => `a gate of the release ${release} is ${gate}`),
    );
  }
  return problems;
}
