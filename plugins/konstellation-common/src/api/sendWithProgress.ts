/**
 * Sends a body and tells how much of it has gone, which `fetch` cannot: XMLHttpRequest, so only in browsers.
 * @returns the answer as `fetch` would give it
 */
export function sendWithProgress(
  url: string,
  options: {
    body: Blob;
    headers: Record<string, string>;
    signal?: AbortSignal;
    onProgress: (progress: { sent: number; total: number }) => void;
  },
): Promise<Response> {
  const { body, headers, signal, onProgress } = options;
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    request.open('POST', url);
    for (const [name, value] of Object.entries(headers)) {
      request.setRequestHeader(name, value);
    }
    request.upload.onprogress = event =>
      onProgress({ sent: event.loaded, total: event.total });
    request.onload = () =>
      resolve(
        new Response(request.responseText, {
          status: request.status,
          statusText: request.statusText,
          headers: {
            'content-type':
              request.getResponseHeader('content-type') ?? 'application/json',
          },
        }),
      );
    request.onerror = () =>
      reject(new TypeError('the portal could not be reached'));
    request.onabort = () =>
      reject(new DOMException('the upload was cancelled', 'AbortError'));
    request.onloadend = () => signal?.removeEventListener('abort', abort);
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    else request.send(body);
  });
}
