// `helm test`: whether the portal answers, and whether its account may do in the cluster what the portal does there. Asks as the
// portal would, from its namespace and with its account.
import { readFileSync } from 'node:fs';
import { request } from 'node:https';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const CALL_MILLIS = 10_000;
const PATIENCE_MILLIS = 60_000;

const { PORTAL, KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT } =
  process.env;
const NAMESPACES = JSON.parse(process.env.NAMESPACES);
const rules = JSON.parse(readFileSync('/test/rules.json', 'utf8'));
const inAccount = name => readFileSync(`${ACCOUNT}/${name}`, 'utf8');

/** Network policies may take a moment to know this pod. */
async function get(url) {
  const deadline = Date.now() + PATIENCE_MILLIS;
  for (;;) {
    try {
      return await fetch(url, { signal: AbortSignal.timeout(CALL_MILLIS) });
    } catch (error) {
      if (Date.now() > deadline) {
        throw new Error(`${url} cannot be reached: ${error.cause ?? error}`);
      }
      await new Promise(resolve => setTimeout(resolve, 1_000));
    }
  }
}

async function answers(url, expected = 200) {
  const answer = await get(url);
  await answer.arrayBuffer();
  if (answer.status !== expected) {
    throw new Error(`${url} answered ${answer.status}, not ${expected}`);
  }
}

function askApiServer(resourceAttributes) {
  const body = JSON.stringify({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  });
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: KUBERNETES_SERVICE_HOST,
        port: KUBERNETES_SERVICE_PORT,
        path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        method: 'POST',
        ca: inAccount('ca.crt'),
        timeout: CALL_MILLIS,
        headers: {
          authorization: `Bearer ${inAccount('token')}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        },
      },
      async answer => {
        const parts = await answer.toArray();
        const text = Buffer.concat(parts).toString();
        if (answer.statusCode === 201) resolve(JSON.parse(text).status);
        else reject(new Error(`the API server answered: ${text}`));
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** What the account is to be allowed, one verb of one resource in one place each. */
function* wanted() {
  const places = NAMESPACES.length > 0 ? NAMESPACES : [undefined];
  for (const { apiGroups, resources, verbs } of rules) {
    for (const name of resources) {
      const [resource, subresource] = name.split('/');
      for (const verb of verbs) {
        for (const namespace of places) {
          yield { group: apiGroups[0], resource, subresource, verb, namespace };
        }
      }
    }
  }
}

async function mayDoItsWork() {
  const denied = [];
  let asked = 0;
  for (const attributes of wanted()) {
    asked++;
    const { allowed } = await askApiServer(attributes);
    if (allowed) continue;
    const { verb, resource, subresource, group, namespace } = attributes;
    const what = [resource, subresource].filter(Boolean).join('/');
    denied.push(
      `${verb} ${what}${group && ` of ${group}`}${
        namespace ? ` in ${namespace}` : ''
      }`,
    );
  }
  if (denied.length > 0) {
    throw new Error(
      `the account of the portal may not:\n  ${denied.join('\n  ')}`,
    );
  }
  return `${asked} rights`;
}

const CHECKS = {
  'the portal is ready': () =>
    answers(`${PORTAL}/.backstage/health/v1/readiness`),
  'the API answers': () => answers(`${PORTAL}/api/konstellation/openapi.json`),
  'the API asks who calls': () =>
    answers(`${PORTAL}/api/konstellation/runtimes`, 401),
  'the portal may do its work in the cluster': mayDoItsWork,
};

// What `helm test --logs` shows.
for (const [title, check] of Object.entries(CHECKS)) {
  try {
    const seen = await check();
    console.log(`ok: ${title}${seen ? `, ${seen}` : ''}`);
  } catch (error) {
    console.log(`failed: ${title}: ${error.message}`);
    process.exitCode = 1;
  }
}
