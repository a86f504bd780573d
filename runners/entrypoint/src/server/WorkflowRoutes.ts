import { DescMethodUnary, Message } from '@bufbuild/protobuf';
import {
  Code,
  ConnectError,
  ConnectRouter,
  HandlerContext,
} from '@connectrpc/connect';
import { Log } from '../log';
import { createMessageReader, MessageReader } from '../mapping/dictToMessage';
import { DictError } from '../mapping/DictError';
import { createMessageWriter } from '../mapping/messageToDict';
import { Json, parseLosslessJson } from '../mapping/parseLosslessJson';
import { Metrics } from '../metrics';
import { ServedService } from '../proto/loadService';
import { isUnary } from '../proto/methods';
import { requestIdOf, traceOf } from '../trace';
import { CallDeadline } from '../workflow/CallDeadline';
import { runWorkflow, Workflow } from '../workflow/runWorkflow';
import { OncePerMinute } from '../OncePerMinute';

export interface WorkflowRoutesOptions {
  served: ServedService;
  /** By rpc. */
  workflows: Map<string, Workflow>;
  /** Milliseconds, for callers that give no deadline. */
  defaultTimeout: number;
  maxCalls: number;
  metrics: Metrics;
  log: Log;
}

/** The rpcs of the package's service: each runs the workflow that names it. */
export class WorkflowRoutes {
  /** Calls that are not answered yet, over both ports. */
  inFlight = 0;
  private readonly warned = new OncePerMinute();

  constructor(private readonly options: WorkflowRoutesOptions) {}

  register(router: ConnectRouter): void {
    const { served, workflows } = this.options;
    for (const method of served.service.methods) {
      const workflow = workflows.get(method.name);
      if (workflow && isUnary(method)) {
        router.rpc(method, this.createUnary(method, workflow));
      }
    }
  }

  /** Why an rpc of the service is not answered; undefined when the service has no such rpc. */
  explainMissing(path: string): string | undefined {
    const { service } = this.options.served;
    const method = service.methods.find(
      ({ name }) => path === `/${service.typeName}/${name}`,
    );
    if (!method) {
      return undefined;
    }
    return isUnary(method)
      ? `no workflow answers the rpc '${method.name}'`
      : `'${method.name}' is a streaming rpc, which workflows cannot answer`;
  }

  private createUnary(
    method: DescMethodUnary,
    workflow: Workflow,
  ): (request: Message, context: HandlerContext) => Promise<Message> {
    const { served, metrics } = this.options;
    const write = createMessageWriter(method.input, served.registry);
    const read = createMessageReader(method.output, served.registry);
    return async (request, context) => {
      const start = performance.now();
      let code = 'ok';
      try {
        return await this.answer(workflow, write(request), read, context);
      } catch (error) {
        code = codeName(ConnectError.from(error).code);
        throw error;
      } finally {
        metrics.callEnded(
          method.name,
          code,
          (performance.now() - start) / 1000,
        );
      }
    };
  }

  private async answer(
    workflow: Workflow,
    request: string,
    read: MessageReader,
    context: HandlerContext,
  ): Promise<Message> {
    const { defaultTimeout, maxCalls, metrics } = this.options;
    if (this.inFlight >= maxCalls) {
      throw new ConnectError(
        `more than ${maxCalls} calls at once`,
        Code.ResourceExhausted,
      );
    }
    this.inFlight++;
    const deadline = new CallDeadline(
      context.signal,
      context.timeoutMs() ?? defaultTimeout,
    );
    const requestId = requestIdOf(context.requestHeader.get('x-request-id'));
    context.responseHeader.set('x-request-id', requestId);
    try {
      const result = await runWorkflow(workflow, request, {
        requestId,
        trace: traceOf(context.requestHeader.get('traceparent')),
        deadline,
        onNode: (node, seconds) =>
          metrics.nodeAnswered(workflow.name, node, seconds),
      });
      return this.toResponse(workflow, result, read, requestId);
    } catch (error) {
      this.logFailure(workflow, error, requestId);
      throw error;
    } finally {
      deadline.end();
      this.inFlight--;
    }
  }

  private toResponse(
    workflow: Workflow,
    result: Buffer,
    read: MessageReader,
    requestId: string,
  ): Message {
    const node = workflow.nodes[workflow.nodes.length - 1].name;
    const onUnknownKey = (path: string) => {
      if (this.warned.isFirst(`${workflow.name} ${node} ${path}`)) {
        const message = `node '${node}' answered the key '${path}', which is no field of the response; it is dropped`;
        this.options.log.write('warn', message, {
          workflow: workflow.name,
          node,
          requestId,
        });
      }
    };
    try {
      return read(parseResult(result), onUnknownKey);
    } catch (error) {
      if (error instanceof DictError) {
        throw new ConnectError(
          `the answer of node '${node}' does not fit the response: ${error.message}`,
          Code.Internal,
        );
      }
      throw error instanceof SyntaxError
        ? new ConnectError(
            `node '${node}' answered something else than JSON: ${error.message}`,
            Code.Internal,
          )
        : error;
    }
  }

  private logFailure(
    workflow: Workflow,
    error: unknown,
    requestId: string,
  ): void {
    const { code, rawMessage } = ConnectError.from(error);
    // Callers that go away are no news.
    if (code !== Code.Canceled) {
      this.options.log.write('error', rawMessage, {
        workflow: workflow.name,
        code: codeName(code),
        requestId,
      });
    }
  }
}

function parseResult(result: Buffer): Json {
  return parseLosslessJson(result.toString('utf8'));
}

function codeName(code: Code): string {
  return Code[code]
    .replace(/(?!^)[A-Z]/g, letter => `_${letter}`)
    .toLowerCase();
}
