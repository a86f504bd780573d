import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from './connect';

const folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
const file = join(folder, 'config');
afterAll(() => rmSync(folder, { recursive: true }));

function kubeconfig(server: string) {
  writeFileSync(
    file,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server } }],
      users: [
        { name: 'one', user: { token: 'token-one' } },
        { name: 'two', user: { username: 'u', password: 'p' } },
      ],
      contexts: [
        { name: 'first', context: { cluster: 'c', user: 'one' } },
        { name: 'second', context: { cluster: 'c', user: 'two' } },
      ],
      'current-context': 'first',
    }),
  );
}

const create = (context?: string) =>
  Connection.create('prod', { type: 'kubeconfig', file, context });

describe('Connection', () => {
  it('is who the context says', async () => {
    kubeconfig('https://10.0.0.1:6443/k8s');
    const first = await (await create()).access('calls');
    expect(first.server.href).toBe('https://10.0.0.1:6443/k8s');
    expect(first.headers).toEqual({ authorization: 'Bearer token-one' });
    const second = await (await create('second')).access('calls');
    expect(second.headers).toEqual({ authorization: 'Basic dTpw' });
  });

  it('keeps its connections, and those that go on apart from calls', async () => {
    kubeconfig('https://10.0.0.1:6443');
    const connection = await create();
    const { agent } = await connection.access('calls');
    expect((await connection.access('calls')).agent).toBe(agent);
    expect((await connection.access('streams')).agent).not.toBe(agent);
    connection.close();
  });

  it('says what is wrong with its settings', async () => {
    kubeconfig('https://10.0.0.1:6443');
    await expect(create('third')).rejects.toThrow(
      `${file} has no context "third" for the cluster "prod"; it has first, second`,
    );
    kubeconfig('http://10.0.0.1:8080');
    await expect(create()).rejects.toThrow(
      'the cluster "prod" has the server "http://10.0.0.1:8080", it must be an address with https',
    );
    await expect(
      Connection.create('prod', { type: 'kubeconfig', file: `${file}-none` }),
    ).rejects.toThrow('the kubeconfig of the cluster "prod" cannot be read');
    await expect(
      Connection.create('prod', { type: 'inCluster' }),
    ).rejects.toThrow('the portal does not run in a cluster');
  });
});
