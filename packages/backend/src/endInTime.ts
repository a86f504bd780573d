import { rootHttpRouterServiceFactory } from '@backstage/backend-defaults/rootHttpRouter';
import type { Socket } from 'node:net';

/** In these the event bus lets plugins wait for events, for up to a minute; they ask again where the answer is missing. */
const WAITING = /^\/api\/events\/bus\/v1\/subscriptions\/[^/]+\/events$/;
/** For all other calls, well within the 30 seconds that Kubernetes gives; a log that is followed never ends by itself. */
const FINISH_WITHIN_MILLIS = 10_000;

/**
 * Backstage's router, in production too with an end: Backstage waits for every call in flight, also for those that wait
 * themselves, and whoever stops the portal would lose patience and kill it.
 */
export const endInTime = rootHttpRouterServiceFactory({
  configure({ app, applyDefaults, lifecycle, server }) {
    const waiting = new Set<Socket>();
    let isStopping = false;
    app.use((request, response, next) => {
      if (WAITING.test(request.path)) {
        const { socket } = request;
        if (isStopping) {
          socket.destroy();
          return;
        }
        waiting.add(socket);
        response.once('close', () => waiting.delete(socket));
      }
      next();
    });
    lifecycle.addShutdownHook(() => {
      isStopping = true;
      for (const socket of waiting) socket.destroy();
      setTimeout(
        () => server.closeAllConnections(),
        FINISH_WITHIN_MILLIS,
      ).unref();
    });
    applyDefaults();
  },
});
