// Proof that network policies hold between real pods.
import { step } from '../../terminal.mjs';
import {
  caller,
  DENY,
  deployment,
  namespace,
  policy,
  service,
} from './objects.mjs';
import { expect, saw, session, until } from './session.mjs';

const SERVER = 'http://server.inner';
const isAnswered = line => line.startsWith('200 ');
const isRefused = line => line.includes('connection refused');

const ALLOW_CLIENT = {
  podSelector: { matchLabels: { app: 'server' } },
  ingress: [
    {
      from: [
        {
          namespaceSelector: { matchLabels: { team: 'outer' } },
          podSelector: {
            matchExpressions: [
              { key: 'app', operator: 'In', values: ['client'] },
            ],
          },
        },
      ],
      ports: [{ port: 'http' }],
    },
  ],
};

const ALLOW_DNS = {
  podSelector: {},
  policyTypes: ['Egress'],
  egress: [
    {
      to: [
        {
          namespaceSelector: {},
          podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
        },
      ],
      ports: [{ port: 'dns', protocol: 'UDP' }],
    },
  ],
};

export async function verifyPolicies(cluster) {
  const { apply, ready, call, kubectl } = session(cluster);

  await step('Without a policy all pods reach each other', async () => {
    await apply(
      namespace('inner'),
      namespace('outer', { team: 'outer' }),
      deployment('inner', 'server'),
      service('inner', 'server', { app: 'server' }),
      deployment('outer', 'client'),
      deployment('outer', 'stranger'),
    );
    await ready('inner', 'server');
    await ready('outer', 'client');
    await ready('outer', 'stranger');
    const lines = await call('outer', 'client', SERVER, `${SERVER}:81`);
    expect(lines.every(isAnswered), lines.join('; '));
  });

  await step(
    'A policy that denies all refuses a call through a Service',
    async () => {
      await apply(policy('inner', 'deny', DENY));
      let refusal;
      await until(
        async () => ([refusal] = await call('outer', 'client', SERVER)),
        ([line]) => isRefused(line),
        'refused',
      );
      saw(refusal);
    },
  );

  await step(
    'A named policy lets one client through, at one port',
    async () => {
      await apply(policy('inner', 'allow-client', ALLOW_CLIENT));
      await until(
        () => call('outer', 'client', SERVER),
        ([line]) => isAnswered(line),
        'answered',
      );
      const [open, closed] = await call(
        'outer',
        'client',
        SERVER,
        `${SERVER}:81`,
      );
      expect(isAnswered(open) && isRefused(closed), `${open}; ${closed}`);
      const [other] = await call('outer', 'stranger', SERVER);
      expect(isRefused(other), other);
      saw(`client: ${open}; port of no policy: refused; another pod: refused`);
    },
  );

  await step('The kubelet goes on probing a pod that is isolated', async () => {
    await kubectl(
      '-n',
      'inner',
      'wait',
      '--for=condition=Ready',
      'pod',
      '--all',
    );
  });

  await step(
    'What the pod itself calls is refused, names too, until DNS is allowed',
    async () => {
      const api = 'https://10.96.0.1';
      const [byAddress] = await call('inner', 'server', api);
      expect(isRefused(byAddress), byAddress);
      const byName = 'http://client.outer.svc.cluster.local';
      const [unknown] = await call('inner', 'server', byName);
      expect(!/no such host/.test(unknown), unknown);
      await apply(policy('inner', 'allow-dns', ALLOW_DNS));
      await until(
        () => call('inner', 'server', byName),
        ([line]) => /no such host/.test(line),
        'DNS answers that there is no such Service',
      );
    },
  );

  await step('A new pod never runs without its policies', async () => {
    const names = Array.from({ length: 5 }, (_, index) => `caller-${index}`);
    const [pod] = JSON.parse(
      await kubectl(
        '-n',
        'outer',
        'get',
        'pod',
        '-l',
        'app=client',
        '-o',
        'json',
      ),
    ).items;
    const url = `http://${pod.status.podIP}:8080`;
    await apply(...names.map(name => caller('inner', name, url)));
    const done = '--for=jsonpath={.status.phase}=Succeeded';
    const pods = names.map(name => `pod/${name}`);
    await kubectl('-n', 'inner', 'wait', done, '--timeout=60s', ...pods);
    for (const name of names) {
      const line = await kubectl('-n', 'inner', 'logs', name);
      expect(isRefused(line), `${name}: ${line}`);
    }
    saw(`${names.length} pods that call at once were refused`);
  });

  await step('Without policies all is as before', async () => {
    await kubectl('-n', 'inner', 'delete', 'networkpolicy', '--all');
    await until(
      () => call('outer', 'stranger', SERVER, `${SERVER}:81`),
      lines => lines.every(isAnswered),
      'answered',
    );
  });
}
