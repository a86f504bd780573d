import { ResponseError } from '@backstage/errors';

/** An error as the client throws it for an answer of the server. */
export function answeredError(
  status: number,
  name: string,
  message: string,
): Promise<Error> {
  return ResponseError.fromResponse({
    ok: false,
    status,
    statusText: name,
    headers: new Headers({ 'content-type': 'application/json' }),
    redirected: false,
    type: 'basic',
    url: '',
    text: async () =>
      JSON.stringify({
        error: { name, message },
        response: { statusCode: status },
      }),
  });
}
