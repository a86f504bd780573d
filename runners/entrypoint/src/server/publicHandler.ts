import { Settings } from '../settings';
import { applyCors } from './cors';
import { answerDescription, markRelease } from './describeRelease';
import { answerError, Handler, pathOf } from './exchange';
import { Gate } from './Gate';

/** The public port: calls, as far as the gate lets them through. */
export function createPublicHandler(
  settings: Settings,
  gate: Gate,
  openApi: unknown,
  rpc: Handler,
): Handler {
  const notPublished = `version '${settings.version}' is not published`;
  return (request, response) => {
    markRelease(settings, response);
    if (applyCors(settings.origins, request, response)) {
      return;
    }
    if (gate.state === 'closed') {
      answerError(request, response, 'unavailable', notPublished);
      return;
    }
    if (
      answerDescription(settings, openApi, pathOf(request), request, response)
    ) {
      return;
    }
    gate.enter();
    response.once('close', () => gate.leave());
    rpc(request, response);
  };
}
