// Who answers behind a Service. Pure.

const SERVICE_LABEL = 'kubernetes.io/service-name';
const H2C = ['kubernetes.io/h2c', 'grpc'];
const MAXIMAL_WEIGHT = 256;

const idOf = (namespace, name) => `${namespace}/${name}`;

/** Finds Services and their EndpointSlices by name. */
export function directoryOf(services, slices) {
  const byService = new Map();
  for (const slice of slices) {
    const name = slice.metadata.labels?.[SERVICE_LABEL];
    const id = idOf(slice.metadata.namespace, name);
    byService.set(id, [...(byService.get(id) ?? []), slice]);
  }
  const known = new Map(
    services.map(each => [
      idOf(each.metadata.namespace, each.metadata.name),
      each,
    ]),
  );
  return {
    service: ({ namespace, name }) => known.get(idOf(namespace, name)),
    slices: ({ namespace, name }) => byService.get(idOf(namespace, name)) ?? [],
  };
}

function portOf(service, port) {
  return service?.spec.ports?.find(each =>
    typeof port === 'string' ? each.name === port : each.port === port,
  );
}

function endpointsOf(slices, portName = '') {
  const all = slices.flatMap(({ ports, endpoints }) => {
    const port = ports?.find(({ name = '' }) => name === portName)?.port;
    if (port === undefined) return [];
    return (endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready !== false)
      .flatMap(({ addresses }) => addresses.map(ip => `${ip}:${port}`));
  });
  return [...new Set(all)].sort();
}

/** @returns whether each backend of a route is a port of a Service */
export function areResolved(route, directory) {
  return route.backends.every(
    backend => portOf(directory.service(backend), backend.port) !== undefined,
  );
}

/**
 * Weights are those of the backends, shared by the endpoints of each.
 * @returns `[{ h2, weight, addresses: ['ip:port'] }]` per backend
 */
export function serversOf(route, directory) {
  const parts = route.backends
    .filter(({ weight }) => weight > 0)
    .map(backend => {
      const port = portOf(directory.service(backend), backend.port);
      return {
        weight: backend.weight,
        h2: backend.h2 || H2C.includes(port?.appProtocol),
        addresses: port
          ? endpointsOf(directory.slices(backend), port.name)
          : [],
      };
    });
  const shares = parts.map(({ weight, addresses }) =>
    addresses.length === 0 ? 0 : weight / addresses.length,
  );
  const most = Math.max(...shares);
  return parts.map(({ addresses, h2 }, index) => ({
    h2,
    addresses,
    weight: Math.max(1, Math.round((shares[index] / most) * MAXIMAL_WEIGHT)),
  }));
}
