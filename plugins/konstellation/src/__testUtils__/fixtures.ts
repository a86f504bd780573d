import type {
  Condition,
  NodeReport,
  NodeStatus,
  Publication,
  Runtime,
  Solution,
  Version,
  VersionStatusReport,
} from '@konstellation/backstage-plugin-konstellation-common';
import { makeCommands } from './commands';

/** When everything in the fixtures happened. */
export const THEN = '2026-03-02T10:14:00.000Z';

/** A runtime as the API answers it. */
export function makeRuntime(overrides: Partial<Runtime> = {}): Runtime {
  const id = overrides.id ?? 'price-estimation';
  const address = {
    http: `http://${id}.localhost:7080`,
    grpc: `${id}.localhost:7080`,
  };
  return {
    id,
    name: id,
    description: 'Estimates what a house sells for.',
    owner: 'user:default/ana',
    labels: {},
    cluster: 'embedded',
    namespace: `kre-${id}`,
    namespaceBound: false,
    conditions: [],
    settings: {},
    status: 'IDLE',
    solutions: [
      {
        id,
        name: id,
        address,
        publishedVersion: overrides.publishedVersion,
      },
    ],
    address,
    versionCounts: { total: 1, started: 0, error: 0 },
    signal: `signal-${id}`,
    createdBy: 'user:default/ana',
    createdAt: THEN,
    ...overrides,
  };
}

/** A version as the API answers it. */
export function makeVersion(overrides: Partial<Version> = {}): Version {
  const name = overrides.name ?? 'price-v1';
  const status = overrides.status ?? 'CREATED';
  const configuration = overrides.configuration ?? {
    completed: true,
    missing: [],
    unconfirmed: [],
    revision: 1,
  };
  return {
    uid: `uid-${name}`,
    name,
    runtime: 'price-estimation',
    solution: 'price-estimation',
    description: 'Linear regression over 546 house sales.',
    status,
    statusMessage: '',
    conditions: [],
    manifest: {
      krtVersion: 'v1',
      version: name,
      description: 'Linear regression over 546 house sales.',
      entrypoint: {
        proto: 'public_input.proto',
        image: 'konstellation/kre-entrypoint:latest',
      },
      config: { variables: ['OUTPUT_PRICE_CURRENCY'], files: [] },
      nodes: ['etl', 'model', 'output'].map((node, index) => ({
        name: node,
        image: 'konstellation/kre-py:1.1.0',
        src: `src/${node}/main.py`,
        gpu: false,
        line: 12 + 3 * index,
      })),
      workflows: [
        {
          name: 'room-price',
          entrypoint: 'Estimate',
          sequential: ['etl', 'model', 'output'],
        },
      ],
    },
    configuration,
    packageDigest: `sha256:${'ab'.repeat(32)}`,
    packageSize: 34_567,
    createdBy: 'user:default/ana',
    createdAt: THEN,
    statusSince: THEN,
    commands: makeCommands(status, {
      incomplete: [...configuration.missing, ...configuration.unconfirmed],
      deleting: overrides.deleting,
      applying: configuration.applyingRevision !== undefined,
    }),
    ...overrides,
  };
}

/** A node of a status report. */
export function makeNode(
  name: string,
  status: NodeStatus,
  overrides: Partial<NodeReport> = {},
): NodeReport {
  const isReady = status === 'READY';
  const isGone = status === 'STOPPED';
  return {
    name,
    type: name === 'entrypoint' ? 'entrypoint' : 'node',
    image: 'konstellation/kre-py:1.1.0',
    src: `src/${name}/main.py`,
    status,
    readyReplicas: isReady ? 1 : 0,
    replicas: isGone ? 0 : 1,
    pods: isGone
      ? []
      : [
          {
            name: `v-price-v1-${name}-1a2b3c4d-x7k2p`,
            phase: 'Running',
            ready: isReady,
            restarts: 0,
            startedAt: THEN,
          },
        ],
    line: 12,
    ...overrides,
  };
}

/** A condition of a version. */
export function makeCondition(
  type: string,
  reason: string,
  overrides: Partial<Condition> = {},
): Condition {
  return {
    type,
    status: 'False',
    reason,
    message: '',
    lastTransitionTime: THEN,
    ...overrides,
  };
}

/** A solution that is not the first of its runtime. */
export function makeSolution(
  runtime: string,
  overrides: Partial<Solution> & { id: string },
): Solution {
  const host = `${overrides.id}--${runtime}.localhost:7080`;
  return {
    name: overrides.id,
    address: { http: `http://${host}`, grpc: host },
    ...overrides,
  };
}

/** A status report of one sequential workflow. */
export function makeReport(
  nodes: NodeReport[],
  overrides: Partial<VersionStatusReport> = {},
): VersionStatusReport {
  const names = [...nodes.map(each => each.name), 'exit'];
  return {
    version: 'price-v1',
    status: 'STARTED',
    statusMessage: '',
    conditions: [],
    workflows: [
      {
        name: 'room-price',
        rpc: 'Estimate',
        nodes,
        edges: names.slice(1).map((to, index) => ({ from: names[index], to })),
      },
    ],
    events: [],
    ...overrides,
  };
}

/** A publication as the API answers it. */
export function makePublication(
  overrides: Partial<Publication> = {},
): Publication {
  const version = overrides.version ?? 'price-v1';
  return {
    id: `publication-${version}`,
    runtime: 'price-estimation',
    solution: 'price-estimation',
    version,
    versionUid: `uid-${version}`,
    packageDigest: `sha256:${'ab'.repeat(32)}`,
    configurationRevision: 2,
    comment: 'First release to the shop.',
    publishedBy: 'user:default/ana',
    publishedAt: THEN,
    current: true,
    packageDeleted: false,
    switchMillis: 38,
    ...overrides,
  };
}
