// A caller of a published solution, on a connection of its own that stays open. Needs nothing that is installed.
import { Agent } from 'node:http';
import { callOutside } from './api.mjs';

/**
 * With JSON over HTTP/1.1.
 *
 * @param address - as the portal names it
 * @param question - `{ service, rpc, message }`
 * @returns `{ call, end }`; a call returns `{ version, answer }` and rejects when it is not answered well
 */
export function httpCaller(address, { service, rpc, message }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    async call() {
      const path = `/${service}/${rpc}`;
      const answered = await callOutside(address, path, message, { agent });
      const { status, version, body: answer } = answered;
      if (status !== 200) throw new Error(`HTTP: ${status}`);
      return { version, answer };
    },
    end: () => agent.destroy(),
  };
}
