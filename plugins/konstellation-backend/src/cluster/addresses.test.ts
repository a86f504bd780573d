import { addressOf } from './addresses';
import { Connection } from './connect';

let connection: Connection;
beforeAll(async () => {
  connection = await Connection.create('prod', {
    type: 'server',
    url: 'https://10.0.0.1:6443',
    serviceAccountToken: 'of-the-portal',
  });
});
afterAll(() => connection.close());

const metadata = { namespace: 'kre-shop', name: 'v-1' };
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata,
  spec: {
    clusterIP: '10.96.7.7',
    ports: [{ name: 'internal', port: 8081 }],
  },
};
const pod = (podIP?: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata,
  spec: {
    containers: [
      { name: 'c', ports: [{ name: 'internal', containerPort: 81 }] },
    ],
  },
  status: { podIP },
});

describe('addresses of what runs', () => {
  it('are its own inside of the cluster', async () => {
    const inside = (object: typeof service | ReturnType<typeof pod>) =>
      addressOf(object, 'internal', 'network', connection);
    expect(await inside(service)).toEqual({
      url: 'http://10.96.7.7:8081',
      headers: {},
    });
    expect((await inside(pod('10.1.2.3')))?.url).toBe('http://10.1.2.3:81');
    expect((await inside(pod('fd00::7')))?.url).toBe('http://[fd00::7]:81');
    expect(await inside(pod())).toBeUndefined();
  });

  it('go through the API server from outside, as the portal', async () => {
    const outside = await addressOf(
      pod('10.1.2.3'),
      'internal',
      'apiServer',
      connection,
    );
    expect(outside).toMatchObject({
      url: 'https://10.0.0.1:6443/api/v1/namespaces/kre-shop/pods/v-1:81/proxy',
      headers: { authorization: 'Bearer of-the-portal' },
    });
    expect(outside?.agent).toBeDefined();
  });

  it('are none for a port that has not that name', async () => {
    expect(
      await addressOf(service, 'public', 'network', connection),
    ).toBeUndefined();
  });
});
