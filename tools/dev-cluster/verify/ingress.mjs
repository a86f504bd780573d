// Proof that calls from outside reach pods, as Ingresses and routes say.
import { step } from '../../terminal.mjs';
import { callH2c, callHttp, callHttps, keepingAlive } from './calls.mjs';
import {
  DENY,
  deployment,
  gatewayRoute,
  ingress,
  namespace,
  policy,
  service,
} from './objects.mjs';
import { expect, saw, session, until } from './session.mjs';

const WHERE = 'front';
const SWITCHES = 20;
const CALLERS = 3;

const ALLOW_INGRESS = {
  podSelector: {},
  ingress: [
    {
      from: [
        {
          namespaceSelector: {
            matchLabels: { 'kubernetes.io/metadata.name': 'ingress' },
          },
        },
      ],
    },
  ],
};

export async function verifyIngress(cluster) {
  const { apply, ready, kubectl } = session(cluster);
  const reaches = (call, status) =>
    until(call, seen => seen.status === status, `${status}`);

  await step('An Ingress leads to pods: HTTP/1.1, HTTP/2 and TLS', async () => {
    await apply(
      namespace(WHERE),
      deployment(WHERE, 'blue'),
      deployment(WHERE, 'green'),
      service(WHERE, 'web', { app: 'blue' }),
      service(WHERE, 'nobody', { app: 'nobody' }),
      ingress(WHERE, 'web.localhost', {
        '/': ['web', 'http'],
        '/h2': ['web', 'h2c'],
        '/nobody': ['nobody', 'http'],
      }),
    );
    await ready(WHERE, 'blue');
    await ready(WHERE, 'green');
    await reaches(() => callHttp(cluster, 'web.localhost'), 200);
    const answers = [
      await callHttp(cluster, 'web.localhost', '/h2'),
      await callH2c(cluster, 'web.localhost', '/'),
      await callHttps(cluster, 'web.localhost'),
    ];
    expect(
      answers.every(({ status }) => status === 200),
      JSON.stringify(answers),
    );
    expect(/HTTP\/2/.test(answers[0].body), answers[0].body);
    for (const { body } of answers) saw(body);
  });

  await step(
    'A Service without pods is 503, a host without a route 404',
    async () => {
      const statuses = [
        (await callHttp(cluster, 'web.localhost', '/nobody')).status,
        (await callHttp(cluster, 'unknown.localhost')).status,
      ];
      expect(`${statuses}` === '503,404', `${statuses}`);
    },
  );

  await step(
    'HTTPRoute and GRPCRoute, with trailers, and what they are told',
    async () => {
      const backendRefs = [{ name: 'web', port: 81 }];
      const method = { service: 'price.Estimator', method: 'Estimate' };
      await apply(
        gatewayRoute('HTTPRoute', WHERE, 'route.localhost', { backendRefs }),
        gatewayRoute('GRPCRoute', WHERE, 'grpc.localhost', {
          matches: [{ method }],
          backendRefs,
        }),
      );
      await reaches(() => callHttp(cluster, 'route.localhost'), 200);
      const path = '/price.Estimator/Estimate';
      let answer;
      await reaches(
        async () => (answer = await callH2c(cluster, 'grpc.localhost', path)),
        200,
      );
      expect(answer.grpcStatus === '0', JSON.stringify(answer));
      saw(answer.body);
      const accepted =
        '--for=jsonpath={.status.parents[0].conditions[?(@.type=="Accepted")].status}=True';
      for (const kind of ['httproute', 'grpcroute']) {
        await kubectl(
          '-n',
          WHERE,
          'wait',
          accepted,
          '--timeout=20s',
          `${kind}/web`,
        );
      }
      const address =
        '--for=jsonpath={.status.loadBalancer.ingress[0].ip}=127.0.0.1';
      await kubectl(
        '-n',
        WHERE,
        'wait',
        address,
        '--timeout=20s',
        'ingress/web',
      );
    },
  );

  await step(
    'Policies judge the front like a pod of the namespace ingress',
    async () => {
      const call = () => callHttp(cluster, 'web.localhost');
      await apply(policy(WHERE, 'deny', DENY));
      await reaches(call, 503);
      await apply(policy(WHERE, 'allow-ingress', ALLOW_INGRESS));
      await reaches(call, 200);
      await kubectl('-n', WHERE, 'delete', 'networkpolicy', '--all');
    },
  );

  await step(
    `${SWITCHES} times another selector, while callers go on`,
    async () => {
      const { calls, failed, switches } = await switching(cluster, apply);
      saw(`${calls} calls, ${failed.length} failed ${failed.slice(0, 3)}`);
      saw(
        `from kubectl's answer to the first of the new: median ${
          switches[SWITCHES / 2]
        } ms, longest ${switches.at(-1)} ms`,
      );
      expect(failed.length === 0, 'calls failed');
    },
  );
}

async function switching(cluster, apply) {
  const agent = keepingAlive(CALLERS);
  const failed = [];
  let calls = 0;
  let isDone = false;
  let last;
  const calling = Array.from({ length: CALLERS }, async () => {
    while (!isDone) {
      const answer = await callHttp(cluster, 'web.localhost', '/', agent).catch(
        error => ({ status: error.message }),
      );
      calls++;
      if (answer.status === 200) [last] = answer.body.split(' ');
      else failed.push(answer.status);
    }
  });
  const switches = [];
  try {
    for (let count = 0; count < SWITCHES; count++) {
      const app = count % 2 === 0 ? 'green' : 'blue';
      await apply(service(WHERE, 'web', { app }));
      switches.push(
        await until(
          () => last,
          seen => seen === app,
          app,
        ),
      );
    }
  } finally {
    isDone = true;
    await Promise.all(calling);
    agent.destroy();
  }
  return { calls, failed, switches: switches.sort((one, two) => one - two) };
}
