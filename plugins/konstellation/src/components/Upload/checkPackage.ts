import type { KrtProblem } from '@konstellation/krt';

/**
 * Reads a package in the browser and answers its problems and digest, before a byte is sent.
 * The reader comes with its own chunk: most visits upload nothing.
 */
export async function checkPackage(
  file: File,
  options: { signal: AbortSignal; onProgress: (bytes: number) => void },
): Promise<{ problems: KrtProblem[]; digest: string }> {
  const { readKrt } = await import('@konstellation/krt');
  let done = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      done += chunk.byteLength;
      options.onProgress(done);
      controller.enqueue(chunk);
    },
  });
  const { problems, digest } = await readKrt(
    file.stream().pipeThrough(counter, { signal: options.signal }),
    { signal: options.signal },
  );
  return { problems, digest };
}
