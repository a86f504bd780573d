import type {
  Activity,
  ConfigurationRevision,
  KonstellationApi,
} from '@konstellation/backstage-plugin-konstellation-common';
import { FakeConfiguration } from '../src/__testUtils__/FakeConfiguration';
import { FakeKonstellationApi } from '../src/__testUtils__/FakeKonstellationApi';
import {
  makeCondition,
  makeNode,
  makePublication,
  makeReport,
  makeRuntime,
  makeSolution,
  makeVersion,
  THEN,
} from '../src/__testUtils__/fixtures';

const LONG_NAME = 'a-name-as-long-as-it-may-be-30';
/** How long a start, a stop, a deletion takes. */
const SETTLE_MILLIS = 6_000;

/** What the development app shows: something of everything, from nothing to sixty nodes in trouble. */
export function createDevApi(): KonstellationApi {
  const api = new FakeKonstellationApi();
  api.example = true;
  api.settleMillis = SETTLE_MILLIS;
  if (new URLSearchParams(window.location.search).has('empty')) {
    return api;
  }
  api.runtimes = [
    makeRuntime({
      name: 'Price estimation',
      publishedVersion: 'price-v2',
      status: 'PUBLISHED',
      versionCounts: { total: 4, started: 2, error: 0 },
    }),
    makeRuntime({
      id: 'fraud-detection',
      name: 'Fraud detection',
      status: 'ERROR',
      publishedVersion: 'fraud-v7',
      versionCounts: { total: 7, started: 1, error: 1 },
    }),
    makeRuntime({
      id: 'house-market',
      name: 'House market',
      publishedVersion: 'sale-v3',
      status: 'PUBLISHED',
      versionCounts: { total: 5, started: 2, error: 0 },
      solutions: [
        {
          ...makeRuntime({ id: 'house-market' }).solutions[0],
          name: 'Sale prices',
          publishedVersion: 'sale-v3',
        },
        makeSolution('house-market', {
          id: 'rent',
          name: 'Rents',
          publishedVersion: 'rent-v1',
        }),
        makeSolution('house-market', { id: 'forecast', name: 'Forecast' }),
      ],
    }),
    makeRuntime({
      id: 'in-team-a',
      name: 'In a namespace that stays',
      namespace: 'team-a',
      namespaceBound: true,
      namespaceQuotas: [
        {
          name: 'team',
          hard: { 'limits.memory': '8Gi', pods: '10' },
          used: { 'limits.memory': '2560Mi', pods: '3' },
        },
      ],
      conditions: [
        makeCondition('NamespaceReady', 'PodSecurityNotEnforced', {
          message:
            'The namespace "team-a" does not enforce the Pod Security Standard "restricted", so nothing is started in it. Mend it with: kubectl label namespace team-a pod-security.kubernetes.io/enforce=restricted --overwrite',
        }),
      ],
      status: 'EMPTY',
      versionCounts: { total: 0, started: 0, error: 0 },
    }),
    makeRuntime({
      id: LONG_NAME,
      name: 'The runtime with a name of forty letters',
      status: 'EMPTY',
      versionCounts: { total: 0, started: 0, error: 0 },
    }),
    ...Array.from({ length: 20 }, (_, index) =>
      makeRuntime({
        id: `churn-${index}`,
        name: `churn-${index}`,
        status: index % 3 ? 'IDLE' : 'RUNNING',
        versionCounts: { total: index, started: index % 3 ? 0 : 1, error: 0 },
      }),
    ),
  ];
  api.versions = [
    makeVersion({
      name: 'price-v6',
      status: 'STOPPED',
      deleting: true,
      statusMessage: 'Being deleted',
    }),
    makeVersion({
      name: 'price-v5',
      status: 'STOPPED',
      configuration: {
        completed: false,
        missing: [],
        unconfirmed: ['API_KEY', 'LOG_LEVEL'],
        revision: 1,
      },
      statusMessage:
        'Inherited values wait to be confirmed: API_KEY, LOG_LEVEL',
    }),
    makeVersion({
      name: 'price-v4',
      configuration: {
        completed: false,
        missing: ['OUTPUT_PRICE_CURRENCY'],
        unconfirmed: [],
        revision: 1,
      },
      statusMessage: 'Not configured: 1 value missing (OUTPUT_PRICE_CURRENCY)',
    }),
    makeVersion({
      name: 'price-v3',
      status: 'STARTING',
      publishWhenReady: true,
      statusMessage: 'model: pulling image (0:42)',
      conditions: [
        makeCondition('Switching', 'WaitingUntilReady', {
          status: 'True',
          message: 'It is published as soon as every node is ready.',
        }),
      ],
    }),
    makeVersion({
      name: 'price-v2',
      status: 'PUBLISHED',
      statusMessage: 'Ready 4/4, accessible from outside',
      publishedBy: 'user:default/ana',
      configuration: {
        completed: true,
        missing: [],
        unconfirmed: [],
        revision: 12,
        runningRevision: 12,
      },
    }),
    makeVersion({
      name: 'price-v1',
      status: 'STARTED',
      statusMessage: 'Ready 4/4, not accessible from outside',
      configuration: {
        completed: true,
        missing: [],
        unconfirmed: [],
        revision: 3,
        runningRevision: 2,
      },
      conditions: [
        makeCondition('ConfigurationApplied', 'Dropped', {
          message:
            'Revision 3 was not ready after 10 minutes: no node of the cluster has 2 GiB of memory free for model. Revision 2 goes on running.',
        }),
      ],
    }),
    makeVersion({
      name: 'fraud-v7',
      runtime: 'fraud-detection',
      solution: 'fraud-detection',
      status: 'ERROR',
      statusMessage: `score-transaction-4: crashed 3 times: exit 1, "KeyError: 'amount'". It recovers by itself once the cause is gone; or stop it, mend it and start it again.`,
    }),
    ...(
      [
        ['sale-v3', 'house-market', 'PUBLISHED'],
        ['sale-v2', 'house-market', 'STOPPED'],
        ['rent-v2', 'rent', 'STARTED'],
        ['rent-v1', 'rent', 'PUBLISHED'],
      ] as const
    ).map(([name, solution, status]) =>
      makeVersion({ name, runtime: 'house-market', solution, status }),
    ),
  ];
  api.publications = [
    makePublication({ version: 'price-v2', comment: 'A better model.' }),
    makePublication({
      version: 'price-v1',
      current: false,
      endedAt: THEN,
    }),
    makePublication({
      id: 'publication-5',
      version: 'price-v5',
      configurationRevision: 1,
      current: false,
      endedAt: THEN,
      comment: 'Trees instead of a line, for a week.',
      switchMillis: 61,
    }),
    makePublication({
      version: 'price-v0',
      current: false,
      endedAt: THEN,
      packageDeleted: true,
      comment: 'The very first.',
      switchMillis: 112,
    }),
    ...(['sale-v3', 'sale-v2'] as const).map((version, index) =>
      makePublication({
        version,
        runtime: 'house-market',
        solution: 'house-market',
        current: index === 0,
        endedAt: index === 0 ? undefined : THEN,
      }),
    ),
    makePublication({
      version: 'rent-v1',
      runtime: 'house-market',
      solution: 'rent',
      comment: 'Rents for the shop.',
    }),
  ];
  api.activities = Array.from({ length: 130 }, (_, index): Activity => {
    const [type, actor, comment] = [
      ['version.published', 'user:default/ana', 'A better model.'],
      ['version.configuration-applied', 'system', 'Revision 12 is ready.'],
      ['version.configured', 'user:default/ben', 'Canadian dollars.'],
      ['version.started', 'system', 'All nodes are ready.'],
      ['version.failed', 'system', `model crashed: "KeyError: 'amount'".`],
      ['version.created', 'service:ci', 'Linear regression.'],
    ][index % 6] as [Activity['type'], string, string];
    return {
      id: String(index),
      at: new Date(Date.parse(THEN) - index * 3_600_000).toISOString(),
      actor,
      type,
      runtime: index % 5 ? 'price-estimation' : 'house-market',
      solution: index % 5 ? 'price-estimation' : 'rent',
      version: index % 5 ? 'price-v2' : 'rent-v1',
      from: index % 6 === 0 ? 'STARTED' : undefined,
      to: index % 6 === 0 ? 'PUBLISHED' : undefined,
      comment,
    };
  });
  api.logLines = Array.from({ length: 500 }, (_, index) => ({
    at: new Date(Date.parse(THEN) + index * 137).toISOString(),
    node: ['entrypoint', 'etl', 'model', 'output'][index % 4],
    pod: 'v-price-v2-etl-1a2b3c4d-x7k2p',
    container: 'node',
    level: (
      ['info', 'debug', 'info', 'warn', 'info', 'info', 'error'] as const
    )[index % 7],
    message: `handled request ${index} in ${index % 9} ms`,
  }));
  api.logLines.splice(240, 0, {
    at: api.logLines[240].at,
    node: 'model',
    pod: '',
    container: 'node',
    level: 'info',
    message:
      'lines of v-price-v2-model-1a2b3c4d-p9x1z are missing: something else removed the pod before they were kept',
    marker: true,
  });
  configure(api);
  api.docs = {
    index: 'docs/README.md',
    files: ['docs/README.md', 'docs/model.md'].map(path => ({
      path,
      mediaType: 'text/markdown',
      size: 100,
    })),
  };
  const readme =
    '# Price estimator\n\nEstimates what a house sells for.\n\n| feature | unit |\n|---|---|\n| lot size | sq ft |\n\n```json\n{"lotSize": 5850}\n```\n\nSee [the model](model.md).';
  api.docsFiles.set('docs/README.md', new Blob([readme]));
  api.docsFiles.set('docs/model.md', new Blob(['# The model\n\nLinear.']));
  api.reports.set(
    'price-v3',
    makeReport([
      makeNode('entrypoint', 'READY'),
      makeNode('etl', 'READY'),
      makeNode('model', 'STARTING', { reason: 'pulling image (0:42)' }),
      makeNode('output', 'STARTING'),
    ]),
  );
  api.reports.set(
    'price-v4',
    makeReport(
      ['entrypoint', 'etl', 'model', 'output'].map(name =>
        makeNode(name, 'STOPPED'),
      ),
    ),
  );
  api.reports.set(
    'fraud-v7',
    makeReport(
      [
        makeNode('entrypoint', 'STARTING'),
        ...Array.from({ length: 60 }, (_, index) =>
          index % 13 === 4
            ? makeNode(`score-transaction-${index}`, 'ERROR', {
                reason: `crashed 3 times: exit 1, "KeyError: 'amount'"`,
              })
            : makeNode(`node-${index}`, index % 17 ? 'READY' : 'DEGRADED'),
        ),
      ],
      {
        status: 'ERROR',
        conditions: [
          {
            type: 'Available',
            status: 'False',
            reason: 'CrashLoopBackOff',
            message: `score-transaction-4: crashed 3 times: exit 1, "KeyError: 'amount'"`,
            lastTransitionTime: THEN,
          },
        ],
      },
    ),
  );
  return api;
}

/** Values that are set, missing, inherited, waiting, long and not to be read, with what became of them. */
function configure(api: FakeKonstellationApi) {
  const quota = [
    {
      resource: 'limits.cpu',
      used: '3',
      needed: '2',
      limit: '8',
      hasRoom: true,
    },
    {
      resource: 'limits.memory',
      used: '3Gi',
      needed: '2Gi',
      limit: '4Gi',
      hasRoom: false,
    },
    { resource: 'pods', used: '8', needed: '4', limit: '20', hasRoom: true },
  ];
  for (const { name, configuration, status } of api.versions) {
    const made = new FakeConfiguration([
      {
        key: 'OUTPUT_PRICE_CURRENCY',
        type: 'variable',
        ...(configuration.missing.length > 0
          ? { isSet: false }
          : { isSet: true, value: 'CAD' }),
      },
      {
        key: 'LOG_LEVEL',
        type: 'variable',
        isSet: true,
        value: 'info',
        inheritedFrom: 'price-v1',
        unconfirmed: configuration.unconfirmed.includes('LOG_LEVEL'),
      },
      {
        key: 'API_KEY',
        type: 'variable',
        isSet: true,
        value: 'not-a-real-key',
        inheritedFrom: 'price-v1',
        unconfirmed: configuration.unconfirmed.includes('API_KEY'),
      },
      {
        key: 'MARKET_AREAS',
        type: 'file',
        isSet: true,
        value: 'Windsor\nTecumseh\nLaSalle\n',
      },
    ]);
    made.valuesVisible = name !== 'sale-v2' && name !== 'rent-v2';
    made.quota = name === 'price-v1' ? quota : quota.slice(0, 1);
    made.revisions = Array.from(
      { length: configuration.revision },
      (_, index): ConfigurationRevision => {
        const revision = configuration.revision - index;
        return {
          revision,
          createdBy: index % 2 ? 'service:ci' : 'user:default/ana',
          createdAt: THEN,
          comment:
            revision === 1
              ? 'Taken over at the upload.'
              : 'The shop sells in Canada from now on, so the prices have to be Canadian.',
          changes:
            revision === 1
              ? [
                  { key: 'LOG_LEVEL', change: 'inherited' },
                  { key: 'API_KEY', change: 'inherited' },
                ]
              : [
                  { key: 'OUTPUT_PRICE_CURRENCY', change: 'changed' },
                  { key: 'MARKET_AREAS', change: 'set' },
                ],
          current: index === 0,
          running:
            revision === configuration.runningRevision &&
            (status === 'STARTED' || status === 'PUBLISHED'),
        };
      },
    );
    api.configurations.set(name, made);
  }
}
