import { NodeBehaviour, TestNode } from './TestNode';
import { internalToken, TestRelease } from './TestRelease';

export const proto = `
syntax = "proto3";
package house;
message Request { string room_type = 1; double price = 2; int64 big = 3; }
message Response { double price = 1; string currency = 2; int64 big = 3; }
service Prices {
  rpc Estimate (Request) returns (Response) {};
  rpc Idle (Request) returns (Response);
  rpc Watch (Request) returns (stream Response);
};
`;
export const rpc = 'house.Prices/Estimate';
export const internalHeaders = { 'x-konstellation-token': internalToken };

const stops: Array<() => Promise<void>> = [];

/** For `afterEach`. */
export async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0).reverse()) {
    await stop();
  }
}

/** Ends with the test. */
export async function startNode(
  behaviour: NodeBehaviour,
  port?: number,
): Promise<TestNode> {
  const node = await TestNode.start(behaviour, port);
  stops.push(() => node.stop());
  return node;
}

/** With an open gate; ends with the test. */
export async function startRelease(
  nodes: Record<string, TestNode | string>,
  environment?: Record<string, string>,
): Promise<TestRelease> {
  const release = await TestRelease.start({
    proto,
    workflows: { Estimate: Object.keys(nodes) },
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([name, node]) => [
        name,
        typeof node === 'string' ? node : node.url,
      ]),
    ),
    environment,
  });
  stops.push(() => release.stop());
  await release.gate('open');
  return release;
}

/** A node that answers once it is told to. */
export async function startHoldingNode() {
  let release: (answer: string) => void = () => {};
  const answer = new Promise<string>(resolve => {
    release = resolve;
  });
  let closed = false;
  const node = await startNode((_, response) => {
    response.once('close', () => {
      closed = true;
    });
    return answer;
  });
  return { node, answer: release, isClosed: () => closed };
}
