// A portal that is measured: Backstage with Konstellation and what it needs, as a process of its own. It is told by its
// environment whom to believe and which versions fail, and answers questions about itself over the channel to its parent.
import { createBackend } from '@backstage/backend-defaults';
import {
  coreServices,
  createBackendModule,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { policyExtensionPoint } from '@backstage/plugin-permission-node/alpha';
import konstellationPlugin from '@konstellation/backstage-plugin-konstellation-backend';
import { konstellationClusterExtensionPoint } from '@konstellation/backstage-plugin-konstellation-node';
import { Router } from 'express';
import { rootLogger } from '../../packages/backend/src/rootLogger';
import { CalmCluster } from './CalmCluster.mjs';
import { CALLERS } from './callers.mjs';

const { jwks, failing } = JSON.parse(process.env.BENCH_SCALE_PORTAL);

/** When plugins began, after the start of the process: until then it is Backstage that starts. */
let begunMillis;

/** In place of the auth backend: all this portal needs to know of people. */
const people = createBackendPlugin({
  pluginId: 'auth',
  register(env) {
    env.registerInit({
      deps: { auth: coreServices.auth, httpRouter: coreServices.httpRouter },
      async init({ httpRouter }) {
        begunMillis = performance.now();
        const router = Router();
        router.get('/.well-known/jwks.json', (_request, response) => {
          response.json(jwks);
        });
        router.get('/v1/userinfo', (request, response) => {
          const [, payload] = request.headers.authorization.split('.');
          const { sub } = JSON.parse(Buffer.from(payload, 'base64url'));
          response.json({ claims: { sub, ent: [sub] } });
        });
        httpRouter.use(router);
        for (const path of ['/.well-known/jwks.json', '/v1/userinfo']) {
          httpRouter.addAuthPolicy({ path, allow: 'unauthenticated' });
        }
      },
    });
  },
});

const policy = createBackendModule({
  pluginId: 'permission',
  moduleId: 'bench-policy',
  register(env) {
    env.registerInit({
      deps: { policy: policyExtensionPoint },
      async init(deps) {
        deps.policy.setPolicy({
          async handle(_request, user) {
            const conditions = CALLERS[user?.info.userEntityRef];
            return conditions
              ? {
                  result: AuthorizeResult.CONDITIONAL,
                  pluginId: 'konstellation',
                  resourceType: conditions.resourceType,
                  conditions,
                }
              : { result: AuthorizeResult.ALLOW };
          },
        });
      },
    });
  },
});

const watched = createBackendModule({
  pluginId: 'konstellation',
  moduleId: 'bench-cluster',
  register(env) {
    env.registerInit({
      deps: {
        clusters: konstellationClusterExtensionPoint,
        database: coreServices.database,
      },
      async init({ clusters, database }) {
        const client = await new CalmCluster(failing).listen();
        clusters.addCluster({ name: 'calm', client });
        answerParent(await database.getClient());
      },
    });
  },
});

function answerParent(knex) {
  let statements = 0;
  knex.on('query', () => statements++);
  const questions = {
    begunMillis: () => begunMillis,
    statements: () => statements,
    cpuMillis: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1_000;
    },
    memory() {
      globalThis.gc();
      globalThis.gc();
      const { heapUsed, rss } = process.memoryUsage();
      return { heapUsed, rss };
    },
    /** Rows the reconciler has to look at now. */
    async due() {
      let count = 0;
      for (const table of ['versions', 'solutions']) {
        const [row] = await knex(table)
          .where('next_at', '<=', Date.now())
          .count({ rows: '*' });
        count += Number(row.rows);
      }
      return count;
    },
  };
  process.on('message', async ({ id, question }) => {
    process.send({ id, answer: await questions[question]() });
  });
}

const backend = createBackend();
backend.add(rootLogger);
backend.add(import('@backstage/plugin-events-backend'));
backend.add(import('@backstage/plugin-signals-backend'));
backend.add(import('@backstage/plugin-permission-backend'));
backend.add(konstellationPlugin);
backend.add(people);
backend.add(policy);
backend.add(watched);

// Whoever measures is gone.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));

backend.start().catch(error => {
  process.stderr.write(`The portal could not start. ${error.stack}\n`);
  process.exit(1);
});
