// A published solution behind a Gateway of the cluster: an HTTPRoute leads HTTP to it, a GRPCRoute the calls of a gRPC client.
import { askPrice, QUESTION } from '../priceEstimator.mjs';
import { until } from '../until.mjs';
import { grpcCaller } from './grpcCaller.mjs';
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
    const caller = grpcCaller(runtime.grpcAddress, QUESTION);
    const {
      answer: { price: grpc },
    } = await until(
      'an answer over gRPC',
      () => caller.call().catch(({ message }) => ({ message })),
      { isSo: seen => seen.answer?.price > 0, seconds: 20 },
    ).finally(caller.end);
    if (body.price !== grpc) {
      throw new Error(`${body.price} over HTTP, ${grpc} over gRPC`);
    }
    return { http: body.price, grpc };
  } finally {
    await runtime.end();
  }
}
