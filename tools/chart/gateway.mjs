// A published solution behind a Gateway of the cluster: an HTTPRoute leads HTTP to it, a GRPCRoute the calls of a gRPC client.
import { credentials, loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { askPrice, HOUSE, PROTO } from '../priceEstimator.mjs';
import { until } from '../until.mjs';
import { readJson } from './objects.mjs';
import { startPricing } from './pricing.mjs';

/** Values of the chart: the Gateway that a development cluster has. */
export const behindGateway = ({ httpPort }) => ({
  runtimes: {
    ingress: {
      gateways: [{ name: 'dev', namespace: 'ingress' }],
      grpcDomain: 'grpc.localhost',
      grpcPort: httpPort,
    },
  },
});
const WITHIN_MILLIS = 5_000;

/** As a client of any language would call it; the name travels as authority, as machines do not resolve `*.localhost`. */
function estimate(address) {
  const { price } = loadPackageDefinition(loadSync(PROTO));
  const client = new price.PriceEstimator(
    address.replace(/^[^:]+\.localhost:/, '127.0.0.1:'),
    credentials.createInsecure(),
    { 'grpc.default_authority': address },
  );
  return new Promise((resolve, reject) => {
    const deadline = Date.now() + WITHIN_MILLIS;
    client.estimate(HOUSE, { deadline }, (error, answer) => {
      client.close();
      if (error) reject(error);
      else resolve(answer);
    });
  });
}

async function kindsIn(cluster, namespace) {
  const { items } = await readJson(cluster, [
    ...['-n', namespace, 'get', 'ingresses,httproutes,grpcroutes'],
  ]);
  return items.map(({ kind }) => kind).sort();
}

/**
 * @param id - of the runtime, which is not there yet
 * @returns `{ http, grpc }`, the prices answered
 * @throws Error with what was not as it should be
 */
export async function throughGateway(cluster, baseUrl, id) {
  const runtime = await startPricing(baseUrl, id, ['v1']);
  try {
    const kinds = await kindsIn(cluster, `kre-${id}`);
    if (`${kinds}` !== 'GRPCRoute,HTTPRoute') {
      throw new Error(`There is ${kinds}, for HTTPRoute and GRPCRoute`);
    }
    // How fast a route is taken is up to the controller of the Gateway.
    const { body } = await until(
      'an answer over HTTP',
      () => askPrice(runtime.address),
      { isSo: ({ status }) => status === 200, seconds: 20 },
    );
    const { price: grpc } = await until(
      'an answer over gRPC',
      () =>
        estimate(runtime.grpcAddress).catch(({ message }) => ({
          message,
        })),
      { isSo: answer => answer.price > 0, seconds: 20 },
    );
    if (body.price !== grpc) {
      throw new Error(`${body.price} over HTTP, ${grpc} over gRPC`);
    }
    return { http: body.price, grpc };
  } finally {
    await runtime.end();
  }
}
