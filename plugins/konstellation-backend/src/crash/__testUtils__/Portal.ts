import { request as httpRequest } from 'node:http';
import { MiddlewareFactory } from '@backstage/backend-defaults/rootHttpRouter';
import type {
  AuditorService,
  RootConfigService,
} from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import express from 'express';
import Router from 'express-promise-router';
import type { Knex } from 'knex';
import { quietLogger } from '../../__testUtils__/quietLogger';
import { faultyDatabase } from '../../__testUtils__/simulation/faults/faultyDatabase';
import { FaultyCluster } from '../../__testUtils__/simulation/faults/FaultyCluster';
import { FaultyPackageStore } from '../../__testUtils__/simulation/faults/FaultyPackageStore';
import type { FaultPlan } from '../../__testUtils__/simulation/faults/FaultPlan';
import { GUARD_HEADER } from '../../__testUtils__/simulation/EntrypointServer';
import type { SimulatedCluster } from '../../__testUtils__/simulation/SimulatedCluster';
import { createKonstellation } from '../../createKonstellation';
import { FileSystemPackageStore } from '../../packages/FileSystemPackageStore';
import type { PackageStore } from '../../packages/PackageStore';
import { PackageServer } from '../../packages/packageServer';
import { readConfig } from '../../readConfig';
import { addConfigurations } from '../../router/configurations';
import { addRuntimes } from '../../router/runtimes';
import { addSolutions } from '../../router/solutions';
import { addVersions } from '../../router/versions';
import type { ApiServer } from './ApiServer';

/** A write of a user. */
export interface ApiRequest {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  /** JSON, or the bytes of a package; asked for when it is sent. */
  body?: () => object | Buffer;
}

export interface ApiAnswer {
  status: number;
  body: string;
}

const auditor: AuditorService = {
  createEvent: async () => ({
    success: async () => undefined,
    fail: async () => undefined,
  }),
};

/** Has the calls of a store go wrong as planned, in its place. */
function makeFaulty(store: PackageStore, plan: FaultPlan): void {
  const inner: PackageStore = {
    uploads: store.uploads,
    stage: store.stage.bind(store),
    sizeOf: store.sizeOf.bind(store),
    open: store.open.bind(store),
    downloadUrl: store.downloadUrl.bind(store),
    remove: store.remove.bind(store),
    list: store.list.bind(store),
    commitUpload: store.commitUpload.bind(store),
    clean: store.clean.bind(store),
  };
  const faulty = new FaultyPackageStore(inner, plan);
  store.stage = source => faulty.stage(source);
  store.sizeOf = digest => faulty.sizeOf(digest);
  store.open = (digest, options) => faulty.open(digest, options);
  store.remove = digest => faulty.remove(digest);
}

/** What a portal lives on. */
export interface PortalOptions {
  /** Unlike that of any other. */
  name: string;
  plan: FaultPlan;
  cluster: SimulatedCluster;
  database: Knex;
  config: RootConfigService;
  api: ApiServer;
}

/** One life of a portal: the product put together as in production, with faults where it meets what is not its own. */
export class Portal {
  /** Warnings and errors it wrote. */
  readonly log: string[] = [];
  readonly #closeDatabase: () => Promise<void>;
  #servers: Array<Promise<PackageServer>> = [];

  constructor(private readonly options: PortalOptions) {
    const { name, plan, cluster, database } = options;
    this.#closeDatabase = faultyDatabase(database, plan);
    cluster.guard(name, ({ method, path }, handle) =>
      plan.call('entrypoint', `${method} ${path}`, handle, {
        isWrite: method === 'PUT',
      }),
    );
  }

  get plan(): FaultPlan {
    return this.options.plan;
  }

  /** Comes to life; ends as well when it dies before it has. */
  async start(): Promise<void> {
    const killed = new Promise<void>(resolve => this.plan.onKill(resolve));
    const stores = jest.spyOn(FileSystemPackageStore, 'create');
    const servers = jest.spyOn(PackageServer, 'listen');
    const stored = (): Array<Promise<PackageStore>> =>
      stores.mock.results.map(({ value }) => value);
    await Promise.race([this.#putTogether(stored), killed]);
    this.#servers = servers.mock.results.map(({ value }) => value);
    stores.mockRestore();
    servers.mockRestore();
  }

  /** @param stores - that were made meanwhile */
  async #putTogether(stores: () => Array<Promise<PackageStore>>) {
    const { name, plan, cluster, database, config, api } = this.options;
    const logger = quietLogger(this.log);
    const headers = { [GUARD_HEADER]: name };
    const client = new FaultyCluster(cluster.connect(), plan, headers);
    const konstellation = await createKonstellation({
      config: readConfig(config),
      clusters: [{ name: 'test', client }],
      database: {
        getClient: async () => database,
        migrations: { skip: true },
      },
      permissions: mockServices.permissions({ result: AuthorizeResult.ALLOW }),
      logger,
    });
    for (const store of stores()) makeFaulty(await store, plan);

    const router = Router();
    router.use(express.json());
    const context = {
      services: konstellation.services,
      idempotency: konstellation.idempotency,
      httpAuth: mockServices.httpAuth(),
      auditor,
    };
    addRuntimes(router, context);
    addSolutions(router, context);
    addVersions(router, context);
    addConfigurations(router, context);
    const app = express();
    app.use(router);
    app.use(MiddlewareFactory.create({ config, logger }).error());
    api.serve(app);
    await konstellation.start();
  }

  /** @returns undefined when the portal dies before it answers */
  async ask(request: ApiRequest, key: string): Promise<ApiAnswer | undefined> {
    if (this.plan.isDead) return undefined;
    const { method, path } = request;
    const body = request.body?.();
    const isPackage = Buffer.isBuffer(body);
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        this.options.api.url + path,
        {
          method,
          agent: false,
          headers: {
            'idempotency-key': key,
            'content-type': isPackage ? 'application/gzip' : 'application/json',
          },
        },
        response => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', part => {
            text += part;
          });
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, body: text }),
          );
        },
      );
      this.plan.onKill(() => {
        resolve(undefined);
        outgoing.destroy();
      });
      outgoing.on('error', error => {
        if (!this.plan.isDead) reject(error);
      });
      outgoing.end(isPackage ? body : body && JSON.stringify(body));
    });
  }

  /** Dies, if it has not, and leaves nothing behind in this process. */
  async end(): Promise<void> {
    this.plan.kill();
    this.options.api.serve(undefined);
    await this.#closeDatabase();
    for (const server of this.#servers) await (await server).close();
  }
}
