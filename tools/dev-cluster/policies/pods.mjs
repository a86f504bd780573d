// Pods as policies see them.

const HAS_ENDED = ['Succeeded', 'Failed'];

/**
 * @param pods - Pod objects
 * @param addresses - Map of `namespace/name` → the address that the network has just given to it, which its status says later
 * @returns those of evaluatePolicies: with an address of their own
 */
export function policyPods(pods, addresses) {
  return pods.flatMap(({ metadata, spec, status = {} }) => {
    const { namespace, name, labels = {} } = metadata;
    const ip = addresses.get(`${namespace}/${name}`) ?? status.podIP;
    if (!ip || spec.hostNetwork || HAS_ENDED.includes(status.phase)) return [];
    // Containers of init that go on, too.
    const containers = [...spec.containers, ...(spec.initContainers ?? [])];
    const ports = containers
      .flatMap(container => container.ports ?? [])
      .map(({ name: port, containerPort, protocol = 'TCP' }) => ({
        name: port,
        port: containerPort,
        protocol,
      }));
    return [{ namespace, name, labels, ip, ports }];
  });
}
