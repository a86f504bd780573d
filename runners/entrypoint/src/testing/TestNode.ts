import http, { IncomingHttpHeaders } from 'node:http';
import { AddressInfo } from 'node:net';

export interface NodeRequest {
  /** JSON text. */
  body: string;
  headers: IncomingHttpHeaders;
}

/** What a node does with a call: JSON text of the answer; thrown errors become the contract's 500. */
export type NodeBehaviour = (
  request: NodeRequest,
  response: http.ServerResponse,
) => string | undefined | Promise<string | undefined>;

/** A node of the contract in a few lines, on a free port of the loopback. */
export class TestNode {
  readonly requests: NodeRequest[] = [];
  isReady = true;

  static async start(behaviour: NodeBehaviour, port = 0): Promise<TestNode> {
    const node = new TestNode(behaviour);
    await new Promise<void>(resolve => {
      node.server.listen(port, '127.0.0.1', resolve);
    });
    return node;
  }

  private readonly server: http.Server;

  private constructor(private readonly behaviour: NodeBehaviour) {
    this.server = http.createServer((request, response) => {
      this.answer(request, response).catch(error => {
        response.statusCode = 500;
        response.end(
          JSON.stringify({
            error: { type: error.name, message: error.message },
          }),
        );
      });
    });
  }

  get port(): number {
    const address: AddressInfo | string | null = this.server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise(resolve => {
      this.server.close(resolve);
    });
  }

  private async answer(
    request: http.IncomingMessage,
    response: http.ServerResponse,
  ): Promise<void> {
    if (request.url === '/healthz') {
      response.statusCode = this.isReady ? 200 : 503;
      response.end('{}');
      return;
    }
    let body = '';
    for await (const part of request) {
      body += part;
    }
    const call = { body, headers: request.headers };
    this.requests.push(call);
    const answer = await this.behaviour(call, response);
    if (answer !== undefined) {
      response.end(answer);
    }
  }
}
