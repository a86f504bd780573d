import type { GpuSettings } from '@konstellation/backstage-plugin-konstellation-common';
import type {
  ClusterNetwork,
  IngressFront,
  KubernetesObject,
} from '@konstellation/backstage-plugin-konstellation-node';
import type {
  RuntimeRecord,
  SolutionRecord,
  VersionRecord,
} from '../../domain/types';
import { defaultImageRules, type RunnerImages } from '../images';
import { releaseId } from '../naming';
import type { PythonOptions } from '../requirements';
import { anchorObject, releaseObjects } from '../releaseObjects';
import { runtimeObjects } from '../runtimeObjects';
import { solutionObjects } from '../solutionObjects';

const at = new Date('2026-11-27T06:00:00Z');
const digest = `sha256:${'0a'.repeat(32)}`;

/** The longest that ids and names may be. */
const LONG = 'a-name-of-nineteen1';

const NODES = [
  { name: 'etl', image: 'konstellation/kre-py:1.22.0' },
  { name: 'model', image: 'company/gpu-model:7', gpu: true },
];

const images: RunnerImages = {
  entrypoint: 'registry.example.com/konstellation/entrypoint:1.0.0',
  python: 'registry.example.com/konstellation/python:1.0.0',
  node: 'registry.example.com/konstellation/node:1.0.0',
  krtFetch: 'registry.example.com/konstellation/krt-fetch:1.0.0',
};

function runtime(
  id: string,
  settings: RuntimeRecord['settings'] = {},
): RuntimeRecord {
  return {
    id,
    name: 'Prices',
    description: '',
    owner: 'group:default/ml',
    labels: {},
    cluster: 'production',
    namespace: `kre-${id}`,
    bound: false,
    settings,
    signal: 'signal',
    revision: 1,
    deleting: false,
    createdBy: 'user:default/ana',
    createdAt: at,
  };
}

function solution(place: RuntimeRecord, id = place.id): SolutionRecord {
  return {
    runtime: place.id,
    id,
    name: 'Prices',
    generation: 1,
    deleting: false,
  };
}

function version(options: {
  place: RuntimeRecord;
  solution: string;
  name: string;
  nodes: Array<{ name: string; image: string; gpu?: boolean }>;
  config?: { variables: string[]; files: string[] };
  files?: string[];
}): VersionRecord {
  const { place, name, nodes, config } = options;
  return {
    uid: '0192f0c1-0000-7000-8000-000000000001',
    runtime: place.id,
    solution: options.solution,
    name,
    description: '',
    manifest: {
      krtVersion: 'v1',
      version: name,
      description: '',
      entrypoint: { proto: 'price.proto', image: 'konstellation/entrypoint:1' },
      config: config ?? { variables: [], files: [] },
      nodes: nodes.map(({ gpu = false, ...node }, line) => ({
        ...node,
        gpu,
        src: `src/${node.name}.py`,
        line: line + 1,
      })),
      workflows: [
        {
          name: 'price',
          entrypoint: 'Estimate',
          sequential: nodes.map(node => node.name),
        },
      ],
    },
    proto: {
      path: 'price.proto',
      text: '',
      package: 'price',
      service: 'price.Prices',
      rpcs: [],
    },
    files: (options.files ?? []).map(path => ({
      path,
      size: 1,
      sha256: '00',
      mediaType: 'text/plain',
      executable: false,
    })),
    packageDigest: digest,
    packageSize: 3 * 2 ** 20,
    unpackedSize: 10 * 2 ** 20,
    createdBy: 'user:default/ana',
    createdAt: at,
    desired: 'started',
    deleting: false,
    everStarted: true,
    generation: 2,
    desiredSince: at,
    configurationRevision: 1,
    releaseRevision: 1,
    startId: 'start',
    status: 'STARTED',
    statusSince: at,
  };
}

export interface ManifestCase {
  runtime: RuntimeRecord;
  objects: KubernetesObject[];
}

function objectsOf(options: {
  place: RuntimeRecord;
  solution?: string;
  version: VersionRecord;
  front: IngressFront;
  network?: ClusterNetwork;
  values?: Record<string, string>;
  python?: PythonOptions;
  gpu?: GpuSettings;
}): ManifestCase {
  const { place, front, network, values = {}, gpu = {} } = options;
  const { python = { pip: {}, volumeSize: '4Gi' } } = options;
  const revision = 1;
  const release = releaseId({ ...options.version, revision });
  const common = {
    runtime: place,
    version: options.version,
    revision,
    release,
  };
  return {
    runtime: place,
    objects: [
      ...runtimeObjects(place, 'portal', network),
      anchorObject(common),
      ...releaseObjects(
        {
          ...common,
          values,
          packageUrl: `http://packages.portal.svc:7008/packages/${digest}`,
          packageToken: 'token-of-the-package',
          packageLimits: {},
          internalToken: 'token-of-the-release',
          images,
          imageRules: defaultImageRules(images),
          python,
          gpu,
          progressDeadlineSeconds: 300,
        },
        '00000000-0000-0000-0000-000000000001',
      ),
      ...solutionObjects({
        runtime: place,
        solution: solution(place, options.solution),
        front,
        release,
      }),
    ],
  };
}

/** A release of a runtime with these settings: the node `etl`, the node `model`, which wants a GPU, and the entrypoint. */
export function releaseWith(
  settings: RuntimeRecord['settings'],
  gpu: GpuSettings,
): KubernetesObject[] {
  const place = runtime('prices', settings);
  return objectsOf({
    place,
    version: version({
      place,
      solution: place.id,
      name: 'price-v1',
      nodes: NODES,
    }),
    front: { protocol: 'http', domain: 'localhost' },
    gpu,
  }).objects;
}

/** What is rendered for: as little as there can be, all there can be, and the longest names. */
export function manifestCases(): Record<string, ManifestCase> {
  const plain = runtime('prices');
  const full = runtime('shop', {
    origins: ['https://shop.example.com'],
    quota: { 'limits.memory': '8Gi', 'requests.cpu': '4', pods: '20' },
    egress: [{ cidr: '10.20.0.0/16', ports: [5432] }, { cidr: '192.0.2.7/32' }],
    resources: {
      requests: { cpu: '50m' },
      nodes: { model: { limits: { memory: '2Gi' } } },
    },
    scaling: {
      replicas: 2,
      nodes: {
        etl: {
          autoscaling: { min: 2, max: 6, cpu: 70 },
          rollout: { maxSurge: '50%', maxUnavailable: 0 },
        },
        model: { replicas: 1 },
      },
    },
    placement: {
      nodeSelector: { pool: 'solutions' },
      tolerations: [{ key: 'pool', value: 'solutions', effect: 'NoSchedule' }],
    },
    gpu: { count: 2, nodeSelector: { accelerator: 'l4' } },
  });
  const longest = runtime('a-runtime-of-thirty-characters');
  return {
    plain: objectsOf({
      place: plain,
      version: version({
        place: plain,
        solution: plain.id,
        name: 'price-v1',
        nodes: NODES.slice(0, 1),
      }),
      front: { protocol: 'http', domain: 'localhost' },
    }),
    full: objectsOf({
      place: full,
      solution: 'forecast',
      version: version({
        place: full,
        solution: 'forecast',
        name: 'price-v2',
        nodes: NODES,
        config: { variables: ['CURRENCY'], files: ['RATES'] },
        files: ['src/etl.py', 'src/requirements.txt'],
      }),
      python: {
        pip: {
          PIP_INDEX_URL: 'https://reader:password@wheels.example.com/simple',
          PIP_TRUSTED_HOST: 'wheels.example.com',
        },
        volumeSize: '2Gi',
        cacheClaim: 'wheels',
      },
      values: { CURRENCY: 'CAD', RATES: '{"usd": 1.4}' },
      front: {
        protocol: 'https',
        domain: 'apps.example.com',
        grpc: { domain: 'grpc.apps.example.com', port: 443 },
        entry: {
          kind: 'Ingress',
          className: 'nginx',
          tlsSecret: '{host}-tls',
          annotations: { 'cert-manager.io/cluster-issuer': 'letsencrypt' },
          grpcAnnotations: {
            'nginx.ingress.kubernetes.io/backend-protocol': 'GRPC',
          },
        },
      },
      network: {
        portal: [
          {
            namespaceLabels: { 'kubernetes.io/metadata.name': 'portal' },
            podLabels: { 'app.kubernetes.io/name': 'konstellation' },
          },
        ],
        ingress: [
          { namespaceLabels: { 'kubernetes.io/metadata.name': 'ingress' } },
        ],
        metrics: [
          { namespaceLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
        ],
        packages: { peers: [{ cidr: '10.0.0.7/32' }], port: 7008 },
        objectStore: { peers: [{ cidr: '10.0.0.8/32' }], port: 9000 },
        pythonIndex: { peers: [{ cidr: '10.0.0.9/32' }], port: 443 },
      },
    }),
    longest: objectsOf({
      place: longest,
      version: version({
        place: longest,
        solution: longest.id,
        name: LONG,
        nodes: [{ name: LONG, image: 'konstellation/node:1.0.0' }],
      }),
      front: {
        protocol: 'https',
        domain: 'apps.example.com',
        grpc: { domain: 'grpc.apps.example.com', port: 443 },
        entry: {
          kind: 'Gateway',
          gateways: [{ name: 'public', namespace: 'gateways' }],
        },
      },
    }),
  };
}
