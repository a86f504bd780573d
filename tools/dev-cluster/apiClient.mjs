// The API server, asked without a library: this has to run before anything of the workspace is installed.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';

const WITHIN_MILLIS = 15_000;
const FIELD_MANAGER = 'dev-cluster';

/** An answer of the API server that is none of 2xx. */
export class ApiError extends Error {
  constructor(method, path, status, body) {
    let message = body.trim();
    try {
      message = JSON.parse(body).message ?? message;
    } catch {
      // Not every answer is a Status.
    }
    super(`${method} ${path}: ${status} ${message}`);
    this.name = 'ApiError';
    this.status = status;
  }
}

/** @param kubeconfig - file that certificates.mjs has written */
export function apiClient(kubeconfig) {
  const { clusters, users } = JSON.parse(readFileSync(kubeconfig, 'utf8'));
  const { server, 'certificate-authority-data': authority } =
    clusters[0].cluster;
  const agent = new Agent({
    keepAlive: true,
    ca: Buffer.from(authority, 'base64'),
  });
  const headers = { authorization: `Bearer ${users[0].user.token}` };

  function open(method, path, { type, body, signal, timeout } = {}) {
    return new Promise((resolve, reject) => {
      const call = request(
        new URL(path, server),
        {
          method,
          agent,
          signal,
          timeout,
          headers: { ...headers, ...(type ? { 'content-type': type } : {}) },
        },
        resolve,
      );
      call.on('timeout', () => call.destroy(new Error('no answer in time')));
      call.on('error', reject);
      call.end(body);
    });
  }

  async function ask(method, path, options) {
    const answer = await open(method, path, {
      timeout: WITHIN_MILLIS,
      ...options,
    });
    const chunks = [];
    for await (const chunk of answer) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    if (answer.statusCode >= 300) {
      throw new ApiError(method, path, answer.statusCode, text);
    }
    return text;
  }

  return {
    open,

    async get(path) {
      return JSON.parse(await ask('GET', path));
    },

    /** @returns whether it answers with success */
    async answers(path) {
      return ask('GET', path).then(
        () => true,
        () => false,
      );
    },

    /** Applies an object on the server, as the owner of all it says. */
    async apply(path, object) {
      const query = `fieldManager=${FIELD_MANAGER}&force=true`;
      return JSON.parse(
        await ask('PATCH', `${path}?${query}`, {
          type: 'application/apply-patch+yaml',
          body: JSON.stringify(object),
        }),
      );
    },

    /** Creates an object from its YAML where it is not there; cheaper than applying one that never changes. */
    async create(path, yaml) {
      await ask('POST', `${path}?fieldManager=${FIELD_MANAGER}`, {
        type: 'application/yaml',
        body: yaml,
      }).catch(error => {
        if (error.status !== 409) throw error;
      });
    },

    async merge(path, patch) {
      return JSON.parse(
        await ask('PATCH', path, {
          type: 'application/merge-patch+json',
          body: JSON.stringify(patch),
        }),
      );
    },

    close: () => agent.destroy(),
  };
}
