import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The port of the API, kept from one life of the portal to the next. */
export class ApiServer {
  #listener: RequestListener | undefined;

  private constructor(private readonly server: Server, readonly url: string) {}

  static async listen(): Promise<ApiServer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const api = new ApiServer(server, `http://127.0.0.1:${port}`);
    server.on('request', (request, response) => {
      if (api.#listener) api.#listener(request, response);
      else response.destroy();
    });
    return api;
  }

  /** Who answers from now on; what was asked of those before is cut. */
  serve(listener: RequestListener | undefined): void {
    this.#listener = listener;
    this.server.closeAllConnections();
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise(resolve => this.server.close(resolve));
  }
}
