// What several replicas share: a PostgreSQL that speaks TLS alone, and an object store. Both run in the network of a development cluster,
// and pods find them by the names of Services, as they would those of a company.
import { readFileSync } from 'node:fs';
import { NAMESPACE } from '../../../chart/tests/renders.mjs';
import { serverCertificate } from '../../dev-cluster/certificates.mjs';
import { inside } from '../../dev-cluster/commands.mjs';
import { NODE_IP } from '../../dev-cluster/settings.mjs';
import { startPostgresServer } from '../../postgres.mjs';
import { applyObjects } from '../objects.mjs';
import { startObjectStore } from './objectStore.mjs';

const PLACE = 'backing';
const DATABASE = { name: 'postgresql', host: `postgresql.${PLACE}.svc` };
const STORE = { name: 's3', host: `s3.${PLACE}.svc` };

/** A Service of something that is no pod. */
function serviceAt({ name }, port) {
  const metadata = { name, namespace: PLACE };
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { ports: [{ port }] },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [NODE_IP] }],
      ports: [{ port }],
    },
  ];
}

const ofPortal = name => ({ name, namespace: NAMESPACE });

/**
 * @returns `{ values, presigned, stop }`: values of the chart for a portal that has its state there; `presigned()` has the statuses of
 *   the requests by presigned URLs until now
 */
export async function startBackingServices(cluster) {
  const wrap = command => inside(cluster, command);
  const certificate = serverCertificate(cluster, DATABASE.host);
  const place = { host: NODE_IP, wrap };
  const [database, store] = await Promise.all([
    startPostgresServer({ ...place, certificate }),
    startObjectStore({ ...place, state: cluster.state }),
  ]);
  const { username, password, port } = new URL(database.url);
  const { accessKeyId, secretAccessKey } = store.credentials;
  await applyObjects(cluster, PLACE, [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: PLACE } },
    ...serviceAt(DATABASE, Number(port)),
    ...serviceAt(STORE, store.port),
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: ofPortal(DATABASE.name),
      stringData: { password },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: ofPortal(STORE.name),
      stringData: {
        'access-key-id': accessKeyId,
        'secret-access-key': secretAccessKey,
      },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: ofPortal(`${DATABASE.name}-ca`),
      data: { 'ca.crt': readFileSync(certificate.authority, 'utf8') },
    },
  ]);
  return {
    values: {
      database: {
        client: 'postgresql',
        postgresql: {
          host: DATABASE.host,
          port: Number(port),
          user: username,
          existingSecret: DATABASE.name,
          tls: { caConfigMap: `${DATABASE.name}-ca` },
        },
      },
      packages: {
        storage: 's3',
        s3: {
          bucket: store.bucket,
          endpoint: `http://${STORE.host}:${store.port}`,
          forcePathStyle: true,
          delivery: 'presigned',
          existingSecret: STORE.name,
        },
      },
      runtimes: {
        network: {
          objectStore: [{ cidr: `${NODE_IP}/32` }],
          objectStorePort: store.port,
        },
      },
    },
    presigned: store.presigned,
    async stop() {
      await Promise.all([database.stop(), store.stop()]);
    },
  };
}
