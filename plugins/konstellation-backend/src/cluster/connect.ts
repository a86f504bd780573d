import { Agent, type RequestOptions } from 'node:https';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';

/** How a cluster is found and what the portal shows there. */
export type Authentication =
  | { type: 'inCluster' }
  | { type: 'kubeconfig'; file?: string; context?: string }
  | {
      type: 'server';
      url: string;
      serviceAccountToken?: string;
      caData?: string;
      caFile?: string;
      skipTLSVerify?: boolean;
    };

/** Calls at the same time; more wait for one another. */
const MAX_CALLS = 16;
/** Watches and logs that are followed. */
const MAX_STREAMS = 512;
/** Connections nobody uses are closed before servers and what is between give them up. */
const KEEP_IDLE_MILLIS = 55_000;

/** What a request to the API server needs besides what it asks for. */
export interface Access {
  server: URL;
  /** May be secret: never logged. */
  headers: Record<string, string>;
  agent: Agent;
}

function defaultFile(): string {
  const [first] = (process.env.KUBECONFIG ?? '').split(':').filter(Boolean);
  return first ?? join(homedir(), '.kube', 'config');
}

/** @throws Error that says what is wrong with the settings or the file they name */
async function load(
  name: string,
  authentication: Authentication,
): Promise<KubeConfig> {
  // Its many modules are read only where a cluster is configured.
  const kubernetes = await import('@kubernetes/client-node');
  const config = new kubernetes.KubeConfig();
  switch (authentication.type) {
    case 'inCluster':
      if (!process.env.KUBERNETES_SERVICE_HOST) {
        throw new Error(
          `the cluster "${name}" is to be the one the portal runs in, but the portal does not run in a cluster: give it a kubeconfig`,
        );
      }
      config.loadFromCluster();
      break;
    case 'kubeconfig': {
      const file = authentication.file ?? defaultFile();
      try {
        config.loadFromFile(file);
      } catch (error) {
        throw new Error(
          `the kubeconfig of the cluster "${name}" cannot be read: ${error}`,
        );
      }
      const context = authentication.context ?? config.getCurrentContext();
      if (!config.getContexts().some(known => known.name === context)) {
        const names = config.getContexts().map(known => known.name);
        throw new Error(
          `${file} has no context "${context}" for the cluster "${name}"; it has ${
            names.join(', ') || 'none'
          }`,
        );
      }
      config.setCurrentContext(context);
      break;
    }
    case 'server': {
      const { url, serviceAccountToken, ...cluster } = authentication;
      config.loadFromClusterAndUser(
        {
          name,
          server: url,
          skipTLSVerify: cluster.skipTLSVerify ?? false,
          caData: cluster.caData,
          caFile: cluster.caFile,
        },
        { name: 'portal', token: serviceAccountToken },
      );
      break;
    }
    default:
      throw new Error(`unknown authentication ${authentication}`);
  }
  return config;
}

/**
 * Who the portal is for a cluster. Tokens and certificates are asked for with each request, as they are rotated; connections are
 * kept.
 */
export class Connection {
  #key: string | undefined;
  #agents: { calls: Agent; streams: Agent } | undefined;

  private constructor(
    readonly cluster: string,
    readonly server: URL,
    private readonly config: KubeConfig,
  ) {}

  /** @throws Error that names the cluster and what is wrong with its settings */
  static async create(
    cluster: string,
    authentication: Authentication,
  ): Promise<Connection> {
    const config = await load(cluster, authentication);
    const server = config.getCurrentCluster()?.server;
    if (!server?.startsWith('https://')) {
      throw new Error(
        `the cluster "${cluster}" has the server "${server}", it must be an address with https`,
      );
    }
    return new Connection(cluster, new URL(server), config);
  }

  async access(use: 'calls' | 'streams'): Promise<Access> {
    const options: RequestOptions = {};
    await this.config.applyToHTTPSOptions(options);
    const headers = Object.fromEntries(
      Object.entries(options.headers ?? {}).map(([name, value]) => [
        name.toLowerCase(),
        String(value),
      ]),
    );
    if (options.auth) {
      const encoded = Buffer.from(options.auth).toString('base64');
      headers.authorization = `Basic ${encoded}`;
    }
    return { server: this.server, headers, agent: this.#agent(options, use) };
  }

  /** The same connections as long as what they are made with stays the same. */
  #agent(options: RequestOptions, use: 'calls' | 'streams'): Agent {
    const viaProxy = this.config.getCurrentCluster()?.proxyUrl !== undefined;
    if (viaProxy && options.agent instanceof Agent) return options.agent;
    const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername } =
      options;
    const identity = JSON.stringify([
      String(ca),
      String(cert),
      rejectUnauthorized,
      servername,
    ]);
    if (!this.#agents || this.#key !== identity) {
      // What goes on with the certificate of before goes on; idle connections end by themselves.
      const kept = {
        ca,
        cert,
        key,
        pfx,
        passphrase,
        rejectUnauthorized,
        servername,
        keepAlive: true,
        timeout: KEEP_IDLE_MILLIS,
      };
      this.#key = identity;
      this.#agents = {
        calls: new Agent({ ...kept, maxSockets: MAX_CALLS }),
        streams: new Agent({ ...kept, maxSockets: MAX_STREAMS }),
      };
    }
    return this.#agents[use];
  }

  close(): void {
    this.#agents?.calls.destroy();
    this.#agents?.streams.destroy();
    this.#agents = undefined;
  }
}
