import type { Config } from '@backstage/config';
import type {
  ClusterNetwork,
  GatewayEntry,
  IngressEntry,
  IngressFront,
  NetworkPeer,
  NetworkPlace,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { Reach } from './cluster/addresses';
import type { Authentication } from './cluster/connect';

/** A Kubernetes cluster of the configuration. */
export interface ClusterConfig {
  name: string;
  authentication: Authentication;
  reach: Reach;
  namespaces?: string[];
  front: IngressFront;
  network: ClusterNetwork;
}

const STANDARD_PORTS = { http: 80, https: 443 };

function oneOf<T extends string>(
  config: Config,
  key: string,
  allowed: readonly T[],
  byDefault: T,
): T {
  const value = config.getOptionalString(key) ?? byDefault;
  const found = allowed.find(each => each === value);
  if (found) return found;
  throw new Error(`${key} is "${value}", it must be ${allowed.join(' or ')}`);
}

/** Labels, annotations: texts by keys that hold characters configuration is not asked with. */
function readTexts(
  config: Config,
  key: string,
): Record<string, string> | undefined {
  const texts: unknown = config.getOptional(key);
  if (texts === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(Object(texts)).map(([name, text]) => [name, String(text)]),
  );
}

function readPeers(config: Config, key: string): NetworkPeer[] | undefined {
  return config.getOptionalConfigArray(key)?.map(peer => {
    const cidr = peer.getOptionalString('cidr');
    const podLabels = readTexts(peer, 'podLabels');
    const namespaceLabels = readTexts(peer, 'namespaceLabels');
    const isSaid = cidr ?? podLabels ?? namespaceLabels;
    if (isSaid === undefined || (cidr && (podLabels || namespaceLabels))) {
      throw new Error(
        `${key} has an entry that must have either "cidr" or labels of pods and namespaces`,
      );
    }
    return { podLabels, namespaceLabels, cidr };
  });
}

function readAuthentication(root: Config, config: Config): Authentication {
  const type = oneOf(
    config,
    'authentication',
    ['kubeconfig', 'inCluster', 'kubernetesPlugin'],
    'kubeconfig',
  );
  if (type === 'inCluster') return { type };
  if (type === 'kubeconfig') {
    const file = config.getOptionalString('kubeconfig.file');
    const context = config.getOptionalString('kubeconfig.context');
    return { type, file, context };
  }
  const name = config.getString('name');
  const entries = (
    root.getOptionalConfigArray('kubernetes.clusterLocatorMethods') ?? []
  ).flatMap(method => method.getOptionalConfigArray('clusters') ?? []);
  const entry = entries.find(each => each.getString('name') === name);
  if (!entry) {
    throw new Error(
      `the Kubernetes plugin has no cluster "${name}" in kubernetes.clusterLocatorMethods`,
    );
  }
  const provider = entry.getOptionalString('authProvider');
  const serviceAccountToken = entry.getOptionalString('serviceAccountToken');
  if (provider !== 'serviceAccount' || !serviceAccountToken) {
    throw new Error(
      `the cluster "${name}" of the Kubernetes plugin has the authProvider "${provider}": what the portal does by itself needs serviceAccount with a serviceAccountToken`,
    );
  }
  return {
    type: 'server',
    url: entry.getString('url'),
    serviceAccountToken,
    caData: entry.getOptionalString('caData'),
    caFile: entry.getOptionalString('caFile'),
    skipTLSVerify: entry.getOptionalBoolean('skipTLSVerify'),
  };
}

function readEntry(config: Config): IngressEntry | GatewayEntry {
  const gateways = config.getOptionalConfigArray('gateways');
  const annotations = readTexts(config, 'annotations');
  if (gateways) {
    return {
      kind: 'Gateway',
      annotations,
      gateways: gateways.map(gateway => ({
        name: gateway.getString('name'),
        namespace: gateway.getString('namespace'),
        sectionName: gateway.getOptionalString('sectionName'),
      })),
    };
  }
  return {
    kind: 'Ingress',
    annotations,
    grpcAnnotations: readTexts(config, 'grpcAnnotations'),
    className: config.getOptionalString('className'),
    tlsSecret: config.getOptionalString('tlsSecret'),
  };
}

function readFront(config: Config): IngressFront {
  const protocol = oneOf(config, 'protocol', ['https', 'http'], 'https');
  const port = config.getOptionalNumber('port');
  const domain = config.getString('domain');
  const grpcDomain = config.getOptionalString('grpcDomain');
  const grpcPort = config.getOptionalNumber('grpcPort');
  const isElsewhere = grpcDomain !== undefined || grpcPort !== undefined;
  return {
    protocol,
    domain,
    port,
    entry: readEntry(config),
    ...(isElsewhere
      ? {
          grpc: {
            domain: grpcDomain ?? domain,
            port: grpcPort ?? port ?? STANDARD_PORTS[protocol],
          },
        }
      : {}),
  };
}

/** A DNS label, as names of namespaces are. */
const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** Each has a watch of its own for every kind. */
const MAX_NAMESPACES = 100;

function readNamespaces(config: Config): string[] | undefined {
  const namespaces = config.getOptionalStringArray('namespaces');
  if (!namespaces) return undefined;
  if (namespaces.length === 0 || namespaces.length > MAX_NAMESPACES) {
    throw new Error(`namespaces must have 1 to ${MAX_NAMESPACES} entries`);
  }
  for (const [at, name] of namespaces.entries()) {
    if (!NAMESPACE.test(name)) {
      throw new Error(`namespaces: "${name}" is no name of a namespace`);
    }
    if (namespaces.indexOf(name) !== at) {
      throw new Error(`namespaces has "${name}" twice`);
    }
  }
  return namespaces;
}

/** @param port - by default; without one it has to be said */
function readPlace(
  config: Config,
  key: 'packages' | 'objectStore' | 'pythonIndex',
  port?: number,
): NetworkPlace | undefined {
  const peers = readPeers(config, `network.${key}`);
  const portKey = `network.${key}Port`;
  return (
    peers && {
      peers,
      port:
        config.getOptionalNumber(portKey) ?? port ?? config.getNumber(portKey),
    }
  );
}

function readNetwork(config: Config, isPresigned: boolean): ClusterNetwork {
  const packages = readPlace(config, 'packages');
  const objectStore = readPlace(config, 'objectStore', STANDARD_PORTS.https);
  if (isPresigned && packages && !objectStore) {
    throw new Error(
      'network.packages says what pods may reach, and network.objectStore is missing: pods get packages from the object store itself. Name it there, or set konstellation.packages.s3.delivery to portal',
    );
  }
  return {
    portal: readPeers(config, 'network.portal'),
    ingress: readPeers(config, 'network.ingress'),
    metrics: readPeers(config, 'network.metrics'),
    packages,
    objectStore,
    pythonIndex: readPlace(config, 'pythonIndex', STANDARD_PORTS.https),
  };
}

/**
 * Reads `konstellation.clusters`.
 * @param options.isPresigned - whether pods get packages from an object store themselves
 * @throws Error that names the cluster, the key, and what is wrong with it
 */
export function readClusters(
  root: Config,
  { isPresigned }: { isPresigned: boolean },
): ClusterConfig[] {
  const configs = root.getOptionalConfigArray('konstellation.clusters') ?? [];
  return configs.map((config, at) => {
    try {
      const authentication = readAuthentication(root, config);
      const isInside = authentication.type === 'inCluster';
      return {
        name: config.getString('name'),
        authentication,
        reach: oneOf(
          config,
          'reach',
          ['network', 'apiServer'],
          isInside ? 'network' : 'apiServer',
        ),
        namespaces: readNamespaces(config),
        front: readFront(config.getConfig('ingress')),
        network: readNetwork(config, isPresigned),
      };
    } catch (error) {
      throw new Error(`konstellation.clusters[${at}]: ${error}`);
    }
  });
}
