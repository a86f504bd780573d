import { Metrics } from '../metrics';
import { answerJson, answerText, Handler, pathOf } from './exchange';

/** The metrics port. */
export function createMetricsHandler(metrics: Metrics): Handler {
  return (request, response) => {
    if (request.method !== 'GET' || pathOf(request) !== '/metrics') {
      answerJson(response, 404, {
        code: 'not_found',
        message: 'only GET /metrics is here',
      });
      return;
    }
    metrics.text().then(
      text => answerText(response, 200, metrics.contentType, text),
      error =>
        answerJson(response, 500, { code: 'internal', message: String(error) }),
    );
  };
}
