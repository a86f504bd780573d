// A cluster on which all goes well at once and nothing ever happens: what is measured is the portal. It keeps of objects what the
// portal looks at, and answers for every entrypoint on one port of this machine. As with every cluster that is called over a network,
// other work goes on before a call is answered.
import { createServer } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { createHash } from 'node:crypto';
import { once } from 'node:events';

const NODE = 'konstellation.io/node';
const RELEASE = 'konstellation.io/release';
const VERSION_UID = 'konstellation.io/version-uid';
const STARTED_AT = '2026-01-01T00:00:00Z';

/** The same in every process: what runs in a cluster outlives portals. */
const idOf = (...name) =>
  createHash('sha256').update(name.join('/')).digest('hex').slice(0, 32);

const matches = (object, labels = {}) =>
  Object.entries(labels).every(
    ([name, value]) => object.metadata.labels?.[name] === value,
  );

/** The pod of a Deployment: ready, or ending again and again. */
function podOf(deployment, isReady) {
  const { metadata, spec } = deployment;
  const state = isReady
    ? { running: { startedAt: STARTED_AT } }
    : { waiting: { reason: 'CrashLoopBackOff' } };
  const lastState = isReady
    ? {}
    : {
        terminated: {
          exitCode: 1,
          reason: 'Error',
          message: "ModuleNotFoundError: No module named 'sklearn'",
          finishedAt: STARTED_AT,
        },
      };
  const type = status => ({ status: status ? 'True' : 'False' });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      name: `${metadata.name}-6d4cf56db6-x7k2p`,
      uid: idOf('pod', metadata.uid),
      labels: spec.template.metadata.labels,
    },
    status: {
      phase: 'Running',
      startTime: STARTED_AT,
      conditions: [
        { type: 'Initialized', ...type(true) },
        { type: 'Ready', ...type(isReady) },
      ],
      containerStatuses: [
        {
          name: metadata.labels[NODE],
          containerID: `containerd://${idOf('container', metadata.uid)}`,
          ready: isReady,
          restartCount: isReady ? 0 : 7,
          state,
          lastState,
        },
      ],
    },
  };
}

export class CalmCluster {
  /** By namespace, which is '' for what lies in none; there by kind and name. */
  #namespaces = new Map();
  /** Of versions one node of which never gets ready. */
  #failing;
  #server;

  constructor(failing) {
    this.#failing = new Set(failing);
  }

  async listen() {
    this.#server = createServer((request, response) => {
      const release = /^\/(\w+)/.exec(request.url)?.[1];
      request
        .resume()
        .on('end', () => response.end(JSON.stringify({ release })));
    }).listen(0, '127.0.0.1');
    this.#server.unref();
    await once(this.#server, 'listening');
    return this;
  }

  #in(namespace = '') {
    const objects = this.#namespaces.get(namespace) ?? new Map();
    this.#namespaces.set(namespace, objects);
    return objects;
  }

  async front() {
    await turn();
    return { protocol: 'https', domain: 'apps.example.com' };
  }

  async apply(objects) {
    await turn();
    return objects.map(object => {
      const { apiVersion, kind, metadata } = object;
      const place = this.#in(metadata.namespace);
      const key = `${kind}/${metadata.name}`;
      const uid = idOf(metadata.namespace ?? '', key);
      const stored = { apiVersion, kind, metadata: { ...metadata, uid } };
      place.set(key, stored);
      if (kind === 'Service') {
        stored.spec = { selector: object.spec.selector };
      }
      if (kind === 'Deployment') {
        const isReady =
          !this.#failing.has(metadata.labels[VERSION_UID]) ||
          metadata.labels[NODE] === 'entrypoint';
        stored.spec = { replicas: object.spec.replicas ?? 1 };
        stored.status = {
          observedGeneration: 1,
          readyReplicas: Number(isReady),
        };
        const pod = podOf({ ...stored, spec: object.spec }, isReady);
        const podKey = `Pod/${pod.metadata.name}`;
        if (!place.has(podKey)) place.set(podKey, pod);
      }
      return stored;
    });
  }

  async delete({ kind, namespace, name }) {
    await turn();
    const place = this.#in(namespace);
    const object = place.get(`${kind}/${name}`);
    if (kind === 'Namespace') this.#namespaces.delete(name);
    place.delete(`${kind}/${name}`);
    if (kind !== 'ConfigMap' || !object) return;
    // An anchor takes with it what is of its release.
    const release = object.metadata.labels?.[RELEASE];
    for (const [key, { metadata }] of place) {
      if (release && metadata.labels?.[RELEASE] === release) place.delete(key);
    }
  }

  async get({ kind, namespace, name }) {
    await turn();
    return this.#in(namespace).get(`${kind}/${name}`);
  }

  async list({ kind }, { namespace, labels } = {}) {
    await turn();
    const places =
      namespace === undefined
        ? [...this.#namespaces.values()]
        : [this.#in(namespace)];
    return places.flatMap(place =>
      [...place.values()].filter(
        object => object.kind === kind && matches(object, labels),
      ),
    );
  }

  watch(_kinds, _options, handler) {
    setImmediate(() => handler({ type: 'RELISTED' }));
    return { close() {} };
  }

  async *logs() {
    // They write nothing.
  }

  async address({ kind, namespace, name }) {
    await turn();
    const object = this.#in(namespace).get(`${kind}/${name}`);
    if (!object) return undefined;
    const labels =
      kind === 'Service' ? object.spec.selector : object.metadata.labels;
    const { port } = this.#server.address();
    return { url: `http://127.0.0.1:${port}/${labels[RELEASE]}`, headers: {} };
  }

  async metrics() {
    return undefined;
  }

  async close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
