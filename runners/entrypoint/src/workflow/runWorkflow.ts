import { Trace, traceparentOf } from '../trace';
import { CallDeadline } from './CallDeadline';
import { NodeClient } from './NodeClient';

/** A workflow with the clients of its nodes, in the order of their calls. */
export interface Workflow {
  name: string;
  rpc: string;
  nodes: NodeClient[];
}

/** What goes with a call, beside the request itself. */
export interface WorkflowCall {
  requestId: string;
  trace: Trace;
  deadline: CallDeadline;
  /** Told how long each node took. */
  onNode: (node: string, seconds: number) => void;
}

/**
 * Calls one node after the other; the answer of one is the request of the next.
 *
 * @param request - JSON text of an object
 * @returns the answer of the last node, as it came
 * @throws ConnectError that names the node
 */
export async function runWorkflow(
  workflow: Workflow,
  request: string,
  call: WorkflowCall,
): Promise<Buffer> {
  let body: string | Buffer = request;
  for (const node of workflow.nodes) {
    const headers = {
      'content-type': 'application/json',
      'x-request-id': call.requestId,
      traceparent: traceparentOf(call.trace),
      'x-konstellation-workflow': workflow.name,
      'x-konstellation-deadline': String(call.deadline.at),
    };
    call.deadline.waitingFor = node.name;
    const start = performance.now();
    try {
      body = await node.call(body, headers, call.deadline.signal);
    } finally {
      call.onNode(node.name, (performance.now() - start) / 1000);
    }
  }
  call.deadline.waitingFor = undefined;
  return Buffer.isBuffer(body) ? body : Buffer.from(body);
}
