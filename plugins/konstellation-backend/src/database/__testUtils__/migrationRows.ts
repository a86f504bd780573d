/** Rows as the code of each migration wrote them, in the order their foreign keys ask for. */
export type MigrationRows = Array<[table: string, rows: object[]]>;

const AT = Date.UTC(2026, 0, 15, 9, 30);
const DIGEST = `sha256:${'ab'.repeat(32)}`;
const OTHER_DIGEST = `sha256:${'cd'.repeat(32)}`;

const manifest = {
  version: 'price-v1',
  description: 'Estimates prices',
  config: { variables: ['CURRENCY', 'RATE'] },
};

function runtime(id: string, labels: Record<string, string>) {
  return {
    id,
    name: `Runtime ${id}`,
    description: '',
    owner: 'group:default/pricing',
    labels: JSON.stringify(labels),
    cluster: 'embedded',
    namespace: `kre-${id}`,
    settings: JSON.stringify({ origins: ['http://localhost:7070'] }),
    signal: `signal-of-${id}`,
    revision: 7,
    deleting: false,
    created_by: 'user:default/ada',
    created_at: AT,
  };
}

function solution(runtimeId: string, id: string, published?: string) {
  return {
    runtime: runtimeId,
    id,
    name: `Solution ${id}`,
    wanted_publication: published,
    publication: published,
    generation: 2,
    next_at: AT,
  };
}

function version(uid: string, name: string, more: object) {
  return {
    uid,
    runtime: 'prices',
    solution: 'prices',
    name,
    description: 'Estimates prices',
    manifest: JSON.stringify({ ...manifest, version: name }),
    proto: JSON.stringify({ package: 'price', services: [] }),
    files: JSON.stringify([{ path: 'src/model.py', size: 42 }]),
    package_digest: DIGEST,
    // More than 32 bits hold.
    package_size: 5_000_000_000,
    unpacked_size: 9_000_000_000,
    created_by: 'user:default/ada',
    created_at: AT,
    desired: 'stopped',
    deleting: false,
    ever_started: false,
    generation: 1,
    desired_since: AT,
    configuration_revision: 0,
    status: 'CREATED',
    status_since: AT,
    ...more,
  };
}

function revision(uid: string, number: number, entries: object) {
  return {
    version_uid: uid,
    revision: number,
    entries: JSON.stringify(entries),
    comment: 'Prices of Windsor are “Canadian” dollars\n– Größe',
    created_by: 'user:default/ada',
    created_at: AT + number,
  };
}

function publication(id: string, uid: string, more: object) {
  return {
    id,
    runtime: 'prices',
    solution: 'prices',
    version_uid: uid,
    version: uid,
    package_digest: DIGEST,
    configuration_revision: 1,
    comment: 'Lower error',
    published_by: 'user:default/grace',
    requested_at: AT,
    published_at: AT + 180,
    switch_millis: 180,
    ...more,
  };
}

const initial: MigrationRows = [
  [
    'runtimes',
    [
      runtime('prices', { team: 'pricing', 'cost.centre': '42 / "north"' }),
      runtime('quiet', {}),
    ],
  ],
  [
    'solutions',
    [
      solution('prices', 'prices', 'publication-2'),
      solution('prices', 'forecast'),
      solution('quiet', 'quiet'),
    ],
  ],
  [
    'versions',
    [
      version('price-v1', 'price-v1', {
        desired: 'started',
        ever_started: true,
        generation: 4,
        configuration_revision: 1,
        release_revision: 1,
        start_id: 'start-3',
        observed: JSON.stringify({ ready: true }),
        status: 'PUBLISHED',
        lease_owner: 'process-1',
        lease_until: AT + 30_000,
        next_at: AT + 60_000,
      }),
      version('price-v2', 'price-v2', { package_digest: OTHER_DIGEST }),
    ],
  ],
  [
    'configuration_revisions',
    [
      revision('price-v1', 0, {}),
      revision('price-v1', 1, {
        CURRENCY: { value: 'CAD' },
        RATE: { value: '0.7', inheritedFrom: 'price-v0', unconfirmed: true },
      }),
      revision('price-v2', 0, {
        CURRENCY: { value: 'CAD', inheritedFrom: 'price-v1' },
      }),
    ],
  ],
  [
    'publications',
    [
      // Its version was deleted.
      publication('publication-1', 'price-v0', { ended_at: AT + 5_000 }),
      publication('publication-2', 'price-v1', {}),
    ],
  ],
  [
    'activities',
    [
      {
        id: 'activity-1',
        at: AT,
        actor: 'user:default/ada',
        type: 'version.started',
        runtime: 'prices',
        solution: 'prices',
        version: 'price-v1',
        from: 'CREATED',
        to: 'STARTING',
        comment: 'First start',
      },
      {
        id: 'activity-2',
        at: AT + 1,
        actor: 'system',
        type: 'runtime.deleted',
        runtime: 'gone',
        comment: 'Everything of the runtime is gone',
      },
    ],
  ],
  [
    'idempotency_keys',
    [
      {
        key: 'answered',
        body_hash: 'hash',
        status: 201,
        answer: JSON.stringify({ id: 'prices' }),
        created_at: AT,
      },
      { key: 'running', body_hash: 'hash', created_at: AT },
    ],
  ],
  ['signing_keys', [{ id: 1, secret: 'c2VjcmV0' }]],
];

const uploads: MigrationRows = [
  [
    'uploads',
    [
      {
        id: 'upload-1',
        runtime: 'prices',
        solution: 'prices',
        actor: 'user:default/ada',
        size: 5_000_000_000,
        digest: DIGEST,
        version: 'price-v1',
        created_at: AT,
        touched_at: AT,
      },
      {
        id: 'upload-2',
        runtime: 'quiet',
        solution: 'quiet',
        actor: 'user:default/ada',
        size: 12,
        created_at: AT,
        touched_at: AT + 1,
      },
    ],
  ],
];

const lifecycle: MigrationRows = [
  [
    'versions',
    [
      version('price-v3', 'price-v3', {
        desired: 'started',
        status: 'STARTED',
        configuration_revision: 1,
        release_revision: 1,
        next_revision: 2,
        next_since: AT,
        next_command: JSON.stringify({ actor: 'user:default/ada' }),
        next_problem: 'it did not get ready',
        retiring_revision: 0,
        retire_at: AT + 10_000,
        publish_when_ready: JSON.stringify({ actor: 'user:default/ada' }),
      }),
    ],
  ],
  [
    'configuration_revisions',
    [
      {
        ...revision('price-v3', 2, { CURRENCY: {} }),
        secrets: JSON.stringify({ CURRENCY: 'AAAA' }),
        key_id: 'key-1',
        changes: JSON.stringify([{ key: 'CURRENCY', change: 'set' }]),
      },
    ],
  ],
  [
    'solutions',
    [{ ...solution('quiet', 'other'), deleting: true, created_at: AT }],
  ],
  [
    'idempotency_keys',
    [
      {
        key: 'committed',
        body_hash: 'hash',
        created_at: AT,
        owner: 'request-1',
        lease_until: AT + 60_000,
        committed: true,
        subject: 'price-v3',
      },
    ],
  ],
  [
    'log_archives',
    [
      {
        version_uid: 'price-v1',
        pod: 'v-price-v1-model-0a1b2c3d-x',
        container: 'model',
        instance: 'run-1',
        node: 'model',
        restart: 0,
        last_at: AT,
        captured_at: AT,
        following: false,
        complete: true,
        revision: 3,
        lines: 2,
        bytes: 24,
        content: Buffer.from([0x1f, 0x8b, 0x00, 0xff]),
      },
    ],
  ],
  [
    'packages',
    [
      { digest: DIGEST, removing: false },
      { digest: OTHER_DIGEST, removing: true, unused_since: AT },
    ],
  ],
  [
    'upload_locks',
    [{ id: 'upload-2', owner: 'request-2', until: AT, wanted: true }],
  ],
];

const clusterProblems: MigrationRows = [
  [
    'versions',
    [
      version('price-v9', 'price-v9', {
        cluster_problem: JSON.stringify({
          reason: 'ClusterUnavailable',
          message: 'the cluster "embedded" cannot be reached',
        }),
      }),
    ],
  ],
];

const drift: MigrationRows = [
  [
    'activities',
    [
      {
        id: 'activity-9',
        at: AT,
        actor: 'system',
        type: 'runtime.drift-corrected',
        runtime: 'prices',
        comment: 'Service published-prices was changed by somebody else',
        subject: 'Service published-prices changed',
        count: 3,
        last_at: AT + 1,
      },
    ],
  ],
];

const namespaces: MigrationRows = [
  [
    'runtimes',
    [
      {
        ...runtime('bound', {}),
        cluster: 'restricted',
        namespace: 'team-a',
        bound: true,
        observed: JSON.stringify({
          namespace: {
            ready: false,
            reason: 'PodSecurityNotEnforced',
            message: 'The namespace "team-a" does not enforce it.',
            since: new Date(AT).toISOString(),
          },
          quotas: [{ name: 'team', hard: { pods: '5' }, used: { pods: '1' } }],
        }),
      },
    ],
  ],
];

/** What each migration can hold, by its name. */
export const MIGRATION_ROWS: Record<string, MigrationRows> = {
  '20260101_init.js': initial,
  '20261124_uploads.js': uploads,
  '20261125_lifecycle.js': lifecycle,
  '20261127_cluster_problems.js': clusterProblems,
  '20261127_drift.js': drift,
  '20261127_namespaces.js': namespaces,
};
