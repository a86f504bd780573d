import type { KonstellationApi } from '@konstellation/backstage-plugin-konstellation-common';
import { FakeKonstellationApi } from '../src/__testUtils__/FakeKonstellationApi';
import {
  makeNode,
  makePublication,
  makeReport,
  makeRuntime,
  makeVersion,
  THEN,
} from '../src/__testUtils__/fixtures';

const LONG_NAME = 'a-name-as-long-as-it-may-be-30';

/** What the development app shows: something of everything, from nothing to sixty nodes in trouble. */
export function createDevApi(): KonstellationApi {
  const api = new FakeKonstellationApi();
  api.example = true;
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
      name: 'price-v4',
      configuration: {
        completed: false,
        missing: ['OUTPUT_PRICE_CURRENCY'],
        unconfirmed: [],
        revision: 1,
      },
      statusMessage: 'Not configured: 1 value missing.',
    }),
    makeVersion({
      name: 'price-v3',
      status: 'STARTING',
      statusMessage: 'model: pulling image (0:42)',
    }),
    makeVersion({
      name: 'price-v2',
      status: 'PUBLISHED',
      statusMessage: 'All 4 of 4 are ready.',
      publishedBy: 'user:default/ana',
    }),
    makeVersion({
      name: 'price-v1',
      status: 'STARTED',
      statusMessage: 'Ready, not accessible from outside.',
    }),
    makeVersion({
      name: 'fraud-v7',
      runtime: 'fraud-detection',
      solution: 'fraud-detection',
      status: 'ERROR',
      statusMessage: `model crashed 3 times: exit 1, "KeyError: 'amount'". Look at its logs, then stop it.`,
    }),
  ];
  api.publications = [
    makePublication({ version: 'price-v2', comment: 'A better model.' }),
    makePublication({
      version: 'price-v1',
      current: false,
      endedAt: THEN,
    }),
  ];
  api.activities = (
    [
      ['version.published', 'user:default/ana', 'A better model.'],
      ['version.started', 'system', 'All nodes are ready.'],
      ['version.created', 'user:default/ana', 'Linear regression.'],
    ] as const
  ).map(([type, actor, comment], index) => ({
    id: String(index),
    at: THEN,
    actor,
    type,
    runtime: 'price-estimation',
    version: 'price-v2',
    from: index === 0 ? 'STARTED' : undefined,
    to: index === 0 ? 'PUBLISHED' : undefined,
    comment,
  }));
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
  api.configuration = {
    revision: 2,
    completed: false,
    entries: [
      { key: 'OUTPUT_PRICE_CURRENCY', type: 'variable', isSet: false },
      {
        key: 'LOG_LEVEL',
        type: 'variable',
        isSet: true,
        value: 'info',
        inheritedFrom: 'price-v3',
      },
      {
        key: 'API_KEY',
        type: 'variable',
        isSet: true,
        inheritedFrom: 'price-v3',
        unconfirmed: true,
      },
      { key: 'MARKET_AREAS', type: 'file', isSet: true, value: 'Windsor\n' },
    ],
  };
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
            type: 'Ready',
            status: 'False',
            reason: 'CrashLoopBackOff',
            message: `score-transaction-4 crashed 3 times: exit 1, "KeyError: 'amount'". Look at its logs.`,
            lastTransitionTime: THEN,
          },
        ],
      },
    ),
  );
  return api;
}
