import type { Runtime } from '@konstellation/backstage-plugin-konstellation-common';

/** The address a further solution of a runtime would have: the runtime's own with `<id>--` before its host. */
export function deriveSolutionAddress(
  runtime: Pick<Runtime, 'address'>,
  id: string,
): string {
  return runtime.address.http.replace('://', `://${id}--`);
}
