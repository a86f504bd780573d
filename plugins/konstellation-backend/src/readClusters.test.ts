import { ConfigReader } from '@backstage/config';
import type { JsonObject } from '@backstage/types';
import { readClusters } from './readClusters';

function read(cluster: JsonObject, rest: JsonObject = {}, isPresigned = false) {
  return readClusters(
    new ConfigReader({
      konstellation: {
        clusters: [
          { name: 'prod', ingress: { domain: 'apps.example.com' }, ...cluster },
        ],
      },
      ...rest,
    }),
    { isPresigned },
  )[0];
}

describe('readClusters', () => {
  it('needs no more than a name and a domain', () => {
    expect(read({})).toMatchObject({
      name: 'prod',
      authentication: { type: 'kubeconfig' },
      reach: 'apiServer',
      front: {
        protocol: 'https',
        domain: 'apps.example.com',
        entry: { kind: 'Ingress' },
      },
      network: {},
    });
    const empty = new ConfigReader({});
    expect(readClusters(empty, { isPresigned: true })).toEqual([]);
  });

  it('reads all there is', () => {
    const peer = {
      namespaceLabels: { 'kubernetes.io/metadata.name': 'portal' },
      podLabels: { app: 'konstellation' },
    };
    expect(
      read({
        authentication: 'inCluster',
        namespaces: ['team-a', 'team-b'],
        ingress: {
          domain: 'apps.example.com',
          protocol: 'http',
          port: 8080,
          grpcDomain: 'grpc.example.com',
          gateways: [{ name: 'public', namespace: 'gateways' }],
        },
        network: {
          portal: [peer],
          packages: [{ cidr: '10.0.0.7/32' }],
          packagesPort: 7008,
          objectStore: [{ cidr: '10.0.0.8/32' }],
          objectStorePort: 9000,
          pythonIndex: [{ cidr: '10.0.0.9/32' }],
        },
      }),
    ).toMatchObject({
      authentication: { type: 'inCluster' },
      reach: 'network',
      namespaces: ['team-a', 'team-b'],
      front: {
        port: 8080,
        grpc: { domain: 'grpc.example.com', port: 8080 },
        entry: {
          kind: 'Gateway',
          gateways: [{ name: 'public', namespace: 'gateways' }],
        },
      },
      network: {
        portal: [peer],
        packages: { peers: [{ cidr: '10.0.0.7/32' }], port: 7008 },
        objectStore: { peers: [{ cidr: '10.0.0.8/32' }], port: 9000 },
        pythonIndex: { peers: [{ cidr: '10.0.0.9/32' }], port: 443 },
      },
    });
  });

  it('wants the object store among what pods may reach, where they get packages from it', () => {
    const network = { packages: [{ cidr: '10.0.0.7/32' }], packagesPort: 7008 };
    const objectStore = [{ cidr: '10.0.0.8/32' }];
    expect(() => read({ network }, {}, true)).toThrow(
      'network.objectStore is missing',
    );
    const place = { peers: objectStore, port: 443 };
    expect(
      read({ network: { ...network, objectStore } }, {}, true)?.network,
    ).toMatchObject({ objectStore: place });
    // Nobody has said what pods may reach.
    expect(() => read({}, {}, true)).not.toThrow();
  });

  it('takes who it is from the Kubernetes plugin', () => {
    const kubernetes = (cluster: JsonObject) => ({
      kubernetes: {
        clusterLocatorMethods: [
          {
            type: 'config',
            clusters: [{ name: 'prod', url: 'https://10.0.0.1', ...cluster }],
          },
        ],
      },
    });
    const plugin = { authentication: 'kubernetesPlugin' };
    const account = {
      authProvider: 'serviceAccount',
      serviceAccountToken: 'token',
      caData: 'ca',
    };
    expect(read(plugin, kubernetes(account))?.authentication).toMatchObject({
      type: 'server',
      url: 'https://10.0.0.1',
      serviceAccountToken: 'token',
      caData: 'ca',
    });
    expect(() => read(plugin, kubernetes({ authProvider: 'google' }))).toThrow(
      'needs serviceAccount with a serviceAccountToken',
    );
    expect(() => read(plugin)).toThrow(
      'the Kubernetes plugin has no cluster "prod"',
    );
  });

  it.each<[string, JsonObject, string]>([
    ['authentication', { authentication: 'magic' }, 'it must be kubeconfig or'],
    [
      'reach',
      { reach: 'far' },
      'reach is "far", it must be network or apiServer',
    ],
    ['domain', { ingress: {} }, 'ingress.domain'],
    [
      'peers',
      { network: { portal: [{}] } },
      'network.portal has an entry that must have either "cidr" or labels',
    ],
    ['namespaces', { namespaces: [] }, 'namespaces must have 1 to 100 entries'],
    [
      'namespaces',
      { namespaces: ['team-a', 'Team B'] },
      'namespaces: "Team B" is no name of a namespace',
    ],
    [
      'namespaces',
      { namespaces: ['team-a', 'team-a'] },
      'namespaces has "team-a" twice',
    ],
    [
      'port of packages',
      { network: { packages: [{ cidr: '10.0.0.7/32' }] } },
      'network.packagesPort',
    ],
  ])('says what is wrong with its %s, and where', (_, cluster, message) => {
    expect(() => read(cluster)).toThrow('konstellation.clusters[0]');
    expect(() => read(cluster)).toThrow(message);
  });
});
