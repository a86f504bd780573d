import path from 'node:path';

/** One workflow, as the manifests hand it over. */
export interface WorkflowSettings {
  name: string;
  rpc: string;
  /** Names of nodes in the order they are called. */
  sequential: string[];
}

/** What the container contract gives an entrypoint. Durations in milliseconds, sizes in bytes. */
export interface Settings {
  runtime: string;
  solution: string;
  version: string;
  release: string;
  /** Undefined: all addresses. */
  host?: string;
  ports: { public: number; internal: number; metrics: number };
  packageDir: string;
  proto: string;
  workflows: WorkflowSettings[];
  /** Node name → URL. */
  nodes: Record<string, string>;
  internalToken: string;
  /** Holds the release that is published when this one starts; undefined: none is known to be. */
  publishedFile?: string;
  origins: string[];
  defaultTimeout: number;
  maxBodySize: number;
  /** Calls answered at once; more are refused. */
  maxCalls: number;
  /** How long a draining or closed public port keeps a connection without a call. */
  drainIdleTimeout: number;
  /** How long calls in flight may take after SIGTERM. */
  gracePeriod: number;
  serviceMap?: string;
}

type Environment = Record<string, string | undefined>;

const maxNumber = Number.MAX_SAFE_INTEGER;

/** @throws Error with one line that names the variable */
export function readSettings(env: Environment): Settings {
  return {
    runtime: required(env, 'KRT_RUNTIME'),
    solution: env.KRT_SOLUTION || required(env, 'KRT_RUNTIME'),
    version: required(env, 'KRT_VERSION'),
    release: required(env, 'KRT_RELEASE'),
    host: env.KRT_HOST || undefined,
    ports: {
      public: readNumber(env, 'KRT_PORT_PUBLIC', 8080, 0, 65535),
      internal: readNumber(env, 'KRT_PORT_INTERNAL', 8081, 0, 65535),
      metrics: readNumber(env, 'KRT_PORT_METRICS', 9090, 0, 65535),
    },
    packageDir: path.resolve(required(env, 'KRT_PACKAGE_DIR')),
    proto: required(env, 'KRT_PROTO'),
    ...readWorkflows(env),
    internalToken: required(env, 'KRT_INTERNAL_TOKEN'),
    publishedFile: env.KRT_PUBLISHED_FILE || undefined,
    origins: readOrigins(env),
    defaultTimeout:
      1000 * readNumber(env, 'KRT_DEFAULT_TIMEOUT_SECONDS', 30, 1, 86400),
    maxBodySize: readNumber(
      env,
      'KRT_MAX_BODY_BYTES',
      4 * 1024 * 1024,
      1,
      0x7fffffff,
    ),
    maxCalls: readNumber(env, 'KRT_MAX_CALLS', 1024, 1, maxNumber),
    drainIdleTimeout:
      1000 * readNumber(env, 'KRT_DRAIN_IDLE_SECONDS', 10, 0, 86400),
    gracePeriod: 1000 * readNumber(env, 'KRT_GRACE_SECONDS', 25, 0, 86400),
    serviceMap: env.KRT_SERVICE_MAP || undefined,
  };
}

function required(env: Environment, name: string): string {
  const value = env[name];
  if (!value) {
    throw new Error(`the environment variable ${name} is missing`);
  }
  return value;
}

function readNumber(
  env: Environment,
  name: string,
  fallback: number,
  least: number,
  most: number,
): number {
  const text = env[name];
  if (!text) {
    return fallback;
  }
  const value = /^\d+$/.test(text) ? Number(text) : -1;
  if (value < least || value > most) {
    throw new Error(
      `${name} must be a whole number from ${least} to ${most}, not '${text}'`,
    );
  }
  return value;
}

function readJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${name} is not JSON`);
  }
}

function readWorkflows(
  env: Environment,
): Pick<Settings, 'workflows' | 'nodes'> {
  const workflows = readJson('KRT_WORKFLOWS', required(env, 'KRT_WORKFLOWS'));
  if (
    !Array.isArray(workflows) ||
    workflows.length === 0 ||
    !workflows.every(isWorkflow)
  ) {
    throw new Error(
      'KRT_WORKFLOWS must be a JSON array of {name, rpc, sequential}',
    );
  }
  const nodes = readJson('KRT_NODES', required(env, 'KRT_NODES'));
  if (!isRecord(nodes)) {
    throw new Error('KRT_NODES must be a JSON object of node name to URL');
  }
  const urls: Record<string, string> = {};
  for (const name of new Set(
    workflows.flatMap(workflow => workflow.sequential),
  )) {
    const url = nodes[name];
    if (
      typeof url !== 'string' ||
      !URL.canParse(url) ||
      !url.startsWith('http://')
    ) {
      throw new Error(`KRT_NODES has no http URL for the node '${name}'`);
    }
    urls[name] = url;
  }
  return { workflows, nodes: urls };
}

function readOrigins(env: Environment): string[] {
  const origins = readJson('KRT_ORIGINS', env.KRT_ORIGINS || '[]');
  if (!Array.isArray(origins) || !origins.every(isString)) {
    throw new Error('KRT_ORIGINS must be a JSON array of origins');
  }
  return origins;
}

function isWorkflow(value: unknown): value is WorkflowSettings {
  return (
    isRecord(value) &&
    isString(value.name) &&
    isString(value.rpc) &&
    Array.isArray(value.sequential) &&
    value.sequential.length > 0 &&
    value.sequential.every(isString)
  );
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
