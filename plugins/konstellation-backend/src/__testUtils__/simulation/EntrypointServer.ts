import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import { ENTRYPOINT, LABELS } from '../../manifests/naming';
import type { GateState } from '../../reconciliation/gates';
import type { PodState } from './PodState';

const GATES: readonly GateState[] = ['open', 'draining', 'closed'];

/** Comes between a request that carries its name and what the request does. */
export type RequestGuard = (
  request: { method: string; path: string },
  handle: () => Promise<void>,
) => Promise<void>;

/** Who is asked: a pod and a port of it, by their place in the URL or by the host. */
export interface Callee {
  pod: KubernetesObject;
  state: PodState;
  port: string;
}

export interface Routes {
  pod(namespace: string, name: string, port: string): Callee | undefined;
  service(namespace: string, name: string, port: string): Callee | undefined;
  /** undefined for a host nobody has; `unavailable` where nobody is behind it. */
  host(host: string): Callee | 'unavailable' | undefined;
}

/** Header by which a request is led past its guard. */
export const GUARD_HEADER = 'x-simulation-guard';

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const part of request) text += part;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    ...headers,
  });
  response.end(JSON.stringify(body));
}

/** All entrypoints of the simulation, and the way in from outside, on one port of this machine. */
export class EntrypointServer {
  readonly #guards = new Map<string, RequestGuard>();
  readonly #server: Server;
  #port = 0;

  private constructor(private readonly routes: Routes) {
    this.#server = createServer((request, response) => {
      this.#guarded(request, response).catch(() => response.destroy());
    });
  }

  static async listen(routes: Routes): Promise<EntrypointServer> {
    const server = new EntrypointServer(routes);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen(0, '127.0.0.1', resolve);
    });
    const address: AddressInfo | string | null = server.#server.address();
    if (address && typeof address === 'object') server.#port = address.port;
    return server;
  }

  get port(): number {
    return this.#port;
  }

  urlOf(kind: 'Pod' | 'Service', place: string[]): string {
    return `http://127.0.0.1:${this.#port}/${[kind, ...place].join('/')}`;
  }

  /** Requests that carry the name in {@link GUARD_HEADER} go through the guard. */
  guard(name: string, guard: RequestGuard): void {
    this.#guards.set(name, guard);
  }

  /** Cuts every connection and forgets the guards. */
  reset(): void {
    this.#guards.clear();
    this.#server.closeAllConnections();
  }

  async close(): Promise<void> {
    this.reset();
    await new Promise(resolve => this.#server.close(resolve));
  }

  async #guarded(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const name = request.headers[GUARD_HEADER];
    const guard = typeof name === 'string' ? this.#guards.get(name) : undefined;
    const body = await readJson(request);
    const handle = async () => this.#handle(request, response, body);
    if (typeof name === 'string' && !guard) {
      // Of somebody who is not there any more.
      response.destroy();
      return;
    }
    const { method = '', url: path = '' } = request;
    await (guard ? guard({ method, path }, handle) : handle());
  }

  #handle(
    request: IncomingMessage,
    response: ServerResponse,
    body: unknown,
  ): void {
    const [, kind, namespace = '', name = '', port = '', ...rest] = (
      request.url ?? ''
    ).split('/');
    const host = (request.headers.host ?? '').split(':')[0] ?? '';
    const isNamed = kind === 'Pod' || kind === 'Service';
    const path = isNamed ? `/${rest.join('/')}` : request.url ?? '/';
    const callee = isNamed
      ? this.routes[kind === 'Pod' ? 'pod' : 'service'](namespace, name, port)
      : this.routes.host(host);
    if (callee === 'unavailable') {
      answer(response, 503, { code: 'unavailable' });
    } else if (!callee) {
      // Nobody listens there.
      if (isNamed) response.destroy();
      else answer(response, 404, { code: 'not_found' });
    } else {
      entrypoint(callee, { request, path, body }, response);
    }
  }
}

/** What the real one does, as far as the portal and its callers can tell. */
function entrypoint(
  { pod, state, port }: Callee,
  called: { request: IncomingMessage; path: string; body: unknown },
  response: ServerResponse,
): void {
  const { request, path, body } = called;
  const environment = state.environment[ENTRYPOINT];
  const labels = pod.metadata.labels ?? {};
  const release = labels[LABELS.release] ?? '';
  const isPublic = port === 'public';
  const headers = {
    'x-konstellation-release': release,
    'x-konstellation-version': labels[LABELS.version] ?? '',
    ...(isPublic && state.gate !== 'open' ? { connection: 'close' } : {}),
  };
  const isKnown =
    request.headers['x-konstellation-token'] ===
    environment?.KRT_INTERNAL_TOKEN;
  if (isPublic && state.gate === 'closed') {
    answer(
      response,
      503,
      {
        code: 'unavailable',
        message: `version '${labels[LABELS.version]}' is not published`,
      },
      headers,
    );
  } else if (path === '/healthz' && !isPublic) {
    answer(response, state.phase.at === 'ready' ? 200 : 503, {}, headers);
  } else if (path === '/.well-known/konstellation') {
    answer(
      response,
      200,
      {
        runtime: labels[LABELS.runtime],
        solution: labels[LABELS.solution],
        version: labels[LABELS.version],
        release,
      },
      headers,
    );
  } else if (!isPublic && !isKnown) {
    answer(response, 401, { code: 'unauthenticated' }, headers);
  } else if (path === '/gate' && !isPublic) {
    gate(state, request, body, (status, text) =>
      answer(response, status, text, headers),
    );
  } else if (request.method === 'POST') {
    answer(
      response,
      200,
      { release, version: labels[LABELS.version], pod: pod.metadata.name },
      headers,
    );
  } else {
    answer(response, 404, { code: 'unimplemented' }, headers);
  }
}

function gate(
  state: PodState,
  request: IncomingMessage,
  body: unknown,
  send: (status: number, body: unknown) => void,
): void {
  if (request.method === 'PUT') {
    const wanted =
      typeof body === 'object' && body !== null && 'state' in body
        ? GATES.find(one => one === body.state)
        : undefined;
    if (!wanted) {
      send(400, { code: 'invalid_argument' });
      return;
    }
    state.gate = wanted;
  }
  send(200, { state: state.gate, inFlight: 0 });
}
