import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { readAddress, requestEstimate } from '../app/estimate.js';
import { serveApp } from '../app/serve.mjs';

const HOUSE = { lotsize: 5850, bedrooms: 3 };
const ending = [];
after(() => Promise.all(ending.map(end => end())));

/** A solution that answers as told. */
async function startSolution(answer) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ending.push(() => new Promise(resolve => server.close(resolve)));
  return `http://127.0.0.1:${server.address().port}`;
}

function json(response, status, body, headers = {}) {
  response.writeHead(status, {
    'content-type': 'application/json',
    connection: 'close',
    ...headers,
  });
  response.end(JSON.stringify(body));
}

const problemOf = (address, options) =>
  requestEstimate(address, HOUSE, {
    origin: 'http://localhost:7070',
    ...options,
  }).then(
    () => assert.fail('there is a price'),
    error => error,
  );

/** What browsers do: a call that needs leave fails when its preflight does; `mayRead` says whether simple ones are readable. */
function browserFetch({ mayRead }) {
  return (url, options) => {
    const simple = options.method === undefined;
    const opaque = options.mode === 'no-cors';
    return simple && (mayRead || opaque)
      ? fetch(url, { signal: options.signal })
      : Promise.reject(new TypeError('Failed to fetch'));
  };
}

test('asks by the Connect protocol and says which version answered', async () => {
  let seen;
  const address = await startSolution(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method, url, headers } = request;
    seen = { method, url, type: headers['content-type'], house: body };
    json(
      response,
      200,
      { price: 66000 },
      { 'x-konstellation-version': 'price-v1' },
    );
  });
  assert.deepEqual(await requestEstimate(address, HOUSE), {
    estimate: { price: 66000 },
    version: 'price-v1',
  });
  assert.deepEqual(seen, {
    method: 'POST',
    url: '/price.PriceEstimator/Estimate',
    type: 'application/json',
    house: JSON.stringify(HOUSE),
  });
});

test('says why a house is refused in the words of the node', async () => {
  const address = await startSolution((_, response) =>
    json(response, 500, {
      code: 'internal',
      message: 'etl: lotsize is too small',
    }),
  );
  const problem = await problemOf(address);
  assert.equal(problem.kind, 'refused');
  assert.equal(problem.message, 'etl: lotsize is too small');
});

test('says that nothing is published, also when the preflight fails', async () => {
  const address = await startSolution((_, response) =>
    json(response, 503, { code: 'unavailable' }),
  );
  assert.equal((await problemOf(address)).kind, 'not-published');
  const refusedPreflight = { fetch: browserFetch({ mayRead: true }) };
  assert.equal(
    (await problemOf(address, refusedPreflight)).kind,
    'not-published',
  );
});

test('says that no runtime has the address', async () => {
  const address = await startSolution((_, response) =>
    json(response, 404, { code: 'not_found' }),
  );
  assert.equal((await problemOf(address)).kind, 'unknown-address');
});

test('tells an origin that is not allowed from a portal that does not run', async () => {
  const address = await startSolution((_, response) => json(response, 200, {}));
  const problem = await problemOf(address, {
    fetch: browserFetch({ mayRead: false }),
  });
  assert.equal(problem.kind, 'origin');
  assert.match(problem.message, /http:\/\/localhost:7070/);

  const gone = createServer().listen(0, '127.0.0.1');
  await once(gone, 'listening');
  const { port } = gone.address();
  gone.close();
  await once(gone, 'close');
  assert.equal(
    (await problemOf(`http://127.0.0.1:${port}`)).kind,
    'unreachable',
  );
});

test('takes the address of another solution from the page address', () => {
  assert.equal(readAddress(''), 'http://price-estimation.localhost:7080');
  assert.equal(readAddress('?api=https://a.example/'), 'https://a.example');
  assert.throws(() => readAddress('?api=javascript:alert(1)'), {
    kind: 'unknown-address',
  });
  assert.throws(() => readAddress('?api=nowhere'), { kind: 'unknown-address' });
});

test('serves the page, and nothing else of the machine', async () => {
  const app = await serveApp({ port: 0 });
  ending.push(app.close);
  const page = await fetch(`${app.url}/?api=http://localhost:1`);
  assert.equal(page.status, 200);
  assert.match(await page.text(), /What is my house worth/);
  for (const file of ['app.js', 'estimate.js', 'style.css', 'house.svg']) {
    const response = await fetch(`${app.url}/${file}`);
    assert.equal(response.status, 200, file);
    await response.arrayBuffer();
  }
  for (const path of ['/serve.mjs', '/../README.md', '/%2e%2e/README.md']) {
    const response = await fetch(`${app.url}${path}`);
    assert.equal(response.status, 404, path);
    await response.arrayBuffer();
  }
  const post = await fetch(app.url, { method: 'POST', body: 'x' });
  assert.equal(post.status, 405);
});

test('says which port is taken', async () => {
  const app = await serveApp({ port: 0 });
  ending.push(app.close);
  const port = Number(new URL(app.url).port);
  await assert.rejects(serveApp({ port }), { code: 'EADDRINUSE' });
});
