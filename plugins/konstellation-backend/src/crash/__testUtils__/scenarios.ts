import { createHash } from 'node:crypto';
import { releaseId } from '../../manifests/naming';
import type { VersionRow } from '../../database/rows';
import type { ApiRequest } from './Portal';
import type { World } from './World';

/** A step on the way to a state: a request, or something that happens in the cluster. */
type Step = ApiRequest | ((world: World) => Promise<void> | void);

/** A command in a state, and what it leads to. */
export interface Scenario {
  name: string;
  /** Each brought to its end before the next. */
  setup: Step[];
  /** Right before the command. */
  before?: (world: World) => Promise<void> | void;
  command: ApiRequest;
  /** Callers of the first solution are answered all the time. */
  isServing?: boolean;
  /** Statuses of the versions in the end, by name, those of another runtime with that before; others are not there. */
  leadsTo: Record<string, string>;
}

const RUNTIME = '/runtimes/prices';
const of = (version: string) => `${RUNTIME}/versions/${version}`;

const post = (path: string, body: object): ApiRequest => ({
  method: 'POST',
  path,
  body: () => body,
});

const remove = (path: string): ApiRequest => ({
  method: 'DELETE',
  path: `${path}?comment=Not+needed+any+more`,
});

/** Packages of the versions, by their names. */
export type Packages = (version: 'v1' | 'v2') => Buffer;

/** Requests, by what users call them. */
function commands(packages: Packages) {
  const comment = 'Because';
  return {
    createRuntime: post('/runtimes', {
      id: 'prices',
      name: 'Prices',
      labels: { team: 'pricing' },
    }),
    upload: (version: 'v1' | 'v2', solution = 'prices'): ApiRequest => ({
      method: 'POST',
      path: `${RUNTIME}/versions?solution=${solution}`,
      body: () => packages(version),
    }),
    configure: (
      version: string,
      value: string,
      replace: 'beside' | 'pause' = 'beside',
    ): ApiRequest => ({
      method: 'PUT',
      path: `${of(version)}/configuration`,
      body: () => ({ values: { CURRENCY: value }, comment, replace }),
    }),
    start: (version: string, publishWhenReady = false) =>
      post(`${of(version)}/start`, { comment, publishWhenReady }),
    stop: (version: string) => post(`${of(version)}/stop`, { comment }),
    publish: (version: string) => post(`${of(version)}/publish`, { comment }),
    unpublish: (version: string) =>
      post(`${of(version)}/unpublish`, { comment }),
    rollback: post(`${RUNTIME}/rollback`, { comment }),
  };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The model of a revision that is not there yet does not get ready. */
function nextRevisionUnready(version: string, revision: number) {
  return async (world: World) => {
    const row = await world.query(database =>
      database<VersionRow>('versions').where({ name: version }).first(),
    );
    if (!row) throw new Error(`no version ${version}`);
    world.cluster.behave(
      {
        node: 'model',
        release: releaseId({
          uid: row.uid,
          packageDigest: row.package_digest,
          revision,
        }),
      },
      { is: 'unready' },
    );
  };
}

/** Every command, in every state where it does something else. */
export function scenarios(packages: Packages): Scenario[] {
  const {
    createRuntime,
    upload,
    configure,
    start,
    stop,
    publish,
    unpublish,
    rollback,
  } = commands(packages);
  const created = [createRuntime, upload('v1')];
  const configured = [...created, configure('v1', 'EUR')];
  const started = [...configured, start('v1')];
  const published = [...started, publish('v1')];
  const bothStarted = [...published, upload('v2'), start('v2')];
  const replaced = [...bothStarted, publish('v2')];
  const readyAgain = (world: World) =>
    world.cluster.behave({}, { is: 'ready' });

  return [
    {
      name: 'create a runtime',
      setup: [],
      command: createRuntime,
      leadsTo: {},
    },
    {
      name: 'change a runtime',
      isServing: true,
      setup: published,
      command: {
        method: 'PATCH',
        path: RUNTIME,
        body: () => ({
          description: 'All prices',
          labels: { team: 'sales' },
          settings: { egress: [{ cidr: '10.0.0.0/8', ports: [5432] }] },
        }),
      },
      leadsTo: { v1: 'PUBLISHED' },
    },
    {
      name: 'change how a runtime scales',
      isServing: true,
      setup: published,
      command: {
        method: 'PATCH',
        path: RUNTIME,
        body: () => ({
          settings: {
            scaling: {
              replicas: 2,
              nodes: { model: { autoscaling: { min: 3, max: 5 } } },
            },
          },
        }),
      },
      leadsTo: { v1: 'PUBLISHED' },
    },
    {
      name: 'change how a runtime scales, back to one of each',
      isServing: true,
      setup: [
        ...published,
        {
          method: 'PATCH',
          path: RUNTIME,
          body: () => ({
            settings: { scaling: { autoscaling: { min: 2, max: 3 } } },
          }),
        },
      ],
      command: {
        method: 'PATCH',
        path: RUNTIME,
        body: () => ({ settings: { scaling: {} } }),
      },
      leadsTo: { v1: 'PUBLISHED' },
    },
    {
      name: 'delete a runtime',
      setup: [...replaced, unpublish('v2'), stop('v2'), stop('v1')],
      command: remove(RUNTIME),
      leadsTo: {},
    },
    {
      name: 'delete a runtime in a namespace that stays',
      setup: [
        world => world.cluster.restrictTo(['team-a', 'team-b']),
        ...started,
        stop('v1'),
      ],
      command: remove(RUNTIME),
      leadsTo: {},
    },
    {
      name: 'create a solution',
      setup: started,
      command: post(`${RUNTIME}/solutions`, { id: 'offers', name: 'Offers' }),
      leadsTo: { v1: 'STARTED' },
    },
    {
      name: 'delete a solution',
      isServing: true,
      setup: [
        ...published,
        post(`${RUNTIME}/solutions`, { id: 'offers', name: 'Offers' }),
        upload('v2', 'offers'),
        configure('v2', 'USD'),
        start('v2'),
        publish('v2'),
        unpublish('v2'),
        stop('v2'),
      ],
      command: remove(`${RUNTIME}/solutions/offers`),
      leadsTo: { v1: 'PUBLISHED' },
    },
    {
      name: 'upload a version',
      setup: configured,
      command: upload('v2'),
      leadsTo: { v1: 'CREATED', v2: 'CREATED' },
    },
    {
      name: 'make a version of a package that is there',
      setup: [
        ...configured,
        post('/runtimes', { id: 'others', name: 'Others' }),
      ],
      command: {
        method: 'POST',
        path: '/runtimes/others/versions',
        body: () => ({ packageDigest: digestOf(packages('v1')) }),
      },
      leadsTo: { v1: 'CREATED', 'others/v1': 'CREATED' },
    },
    {
      name: 'configure a stopped version',
      setup: [...started, stop('v1')],
      command: configure('v1', 'USD'),
      leadsTo: { v1: 'STOPPED' },
    },
    {
      name: 'configure a started version',
      setup: started,
      command: configure('v1', 'USD'),
      leadsTo: { v1: 'STARTED' },
    },
    {
      name: 'configure a started version, which does not get ready',
      setup: started,
      before: nextRevisionUnready('v1', 2),
      command: configure('v1', 'USD'),
      leadsTo: { v1: 'STARTED' },
    },
    {
      name: 'configure a started version with a pause',
      setup: started,
      command: configure('v1', 'USD', 'pause'),
      leadsTo: { v1: 'STARTED' },
    },
    {
      name: 'configure a published version',
      isServing: true,
      setup: published,
      command: configure('v1', 'USD'),
      leadsTo: { v1: 'PUBLISHED' },
    },
    {
      name: 'configure a published version with a pause',
      setup: published,
      command: configure('v1', 'USD', 'pause'),
      leadsTo: { v1: 'PUBLISHED' },
    },
    {
      name: 'start a version',
      setup: configured,
      command: start('v1'),
      leadsTo: { v1: 'STARTED' },
    },
    {
      name: 'start a version, which does not get ready',
      setup: configured,
      before: world =>
        world.cluster.behave(
          { node: 'model' },
          { is: 'crashing', exitCode: 3 },
        ),
      command: start('v1'),
      leadsTo: { v1: 'ERROR' },
    },
    {
      name: 'start a version that was stopped, to publish it when ready',
      setup: [...started, stop('v1')],
      command: start('v1', true),
      leadsTo: { v1: 'PUBLISHED' },
    },
    {
      name: 'start a version to replace the published one when ready',
      isServing: true,
      setup: [...published, upload('v2')],
      command: start('v2', true),
      leadsTo: { v1: 'STARTED', v2: 'PUBLISHED' },
    },
    {
      name: 'start a version to publish it when ready, which it does not get',
      isServing: true,
      setup: [...published, upload('v2')],
      before: world =>
        world.cluster.behave(
          { node: 'model', version: 'v2' },
          { is: 'unready' },
        ),
      command: start('v2', true),
      leadsTo: { v1: 'PUBLISHED', v2: 'ERROR' },
    },
    {
      name: 'stop a version',
      setup: started,
      command: stop('v1'),
      leadsTo: { v1: 'STOPPED' },
    },
    {
      name: 'cancel a start',
      setup: [
        ...configured,
        world => world.cluster.behave({ node: 'model' }, { is: 'unready' }),
        start('v1'),
      ],
      command: stop('v1'),
      leadsTo: { v1: 'STOPPED' },
    },
    {
      name: 'start a version again that had failed',
      setup: [
        ...configured,
        world =>
          world.cluster.behave(
            { node: 'model' },
            { is: 'crashing', exitCode: 3 },
          ),
        start('v1'),
        world => world.time.pass(30_000),
        readyAgain,
        stop('v1'),
      ],
      command: start('v1'),
      leadsTo: { v1: 'STARTED' },
    },
    {
      name: 'publish a version',
      setup: started,
      command: publish('v1'),
      leadsTo: { v1: 'PUBLISHED' },
    },
    {
      name: 'publish another version',
      isServing: true,
      setup: bothStarted,
      command: publish('v2'),
      leadsTo: { v1: 'STARTED', v2: 'PUBLISHED' },
    },
    {
      name: 'unpublish a version',
      setup: published,
      command: unpublish('v1'),
      leadsTo: { v1: 'STARTED' },
    },
    {
      name: 'roll back to a version that runs',
      isServing: true,
      setup: replaced,
      command: rollback,
      leadsTo: { v1: 'PUBLISHED', v2: 'STARTED' },
    },
    {
      name: 'roll back to a version that is stopped',
      isServing: true,
      setup: [...replaced, stop('v1')],
      command: rollback,
      leadsTo: { v1: 'PUBLISHED', v2: 'STARTED' },
    },
    {
      name: 'roll back to another configuration of the version',
      isServing: true,
      setup: [...published, configure('v1', 'USD')],
      command: rollback,
      leadsTo: { v1: 'PUBLISHED' },
    },
    {
      name: 'delete a version that never ran',
      setup: configured,
      command: remove(of('v1')),
      leadsTo: {},
    },
    {
      name: 'delete a version that was stopped',
      setup: [...started, stop('v1')],
      command: remove(of('v1')),
      leadsTo: {},
    },
  ];
}
