// A runtime with started versions, for proofs that need something that runs.
import { signIn } from '../api.mjs';
import { until } from '../until.mjs';

const comment = 'A proof';

/** Of a runtime that is not there yet. */
export const runtimeId = () => `chart-${Date.now().toString(36)}`;

/**
 * Makes a runtime with started versions, of which the first is published.
 *
 * @param id - of the runtime, which is not there yet
 * @param packages - `{ version: bytes }`, by the names that versions have in them
 * @param values - of their configurations, where they need one
 * @returns `{ address, grpcAddress, versions, command(version, name), statusOf(version), reaches(version, status), read(),
 *   switchMillis(count), end() }`
 */
export async function startRuntime(baseUrl, id, packages, values) {
  const call = await signIn(baseUrl);
  const runtime = `/runtimes/${id}`;
  const versions = Object.keys(packages);
  const pathOf = version => `${runtime}/versions/${version}`;
  const statusOf = async version => {
    const seen = await call('GET', pathOf(version));
    if (seen.status === 'ERROR') throw new Error(seen.statusMessage);
    return seen.status;
  };
  const reaches = (version, status) =>
    until(`${version} ${status}`, () => statusOf(version), {
      isSo: seen => seen === status,
    });
  const command = (version, name) =>
    call('POST', `${pathOf(version)}/${name}`, { comment });
  const made = await call('POST', '/runtimes', { id, name: id });
  for (const [version, bytes] of Object.entries(packages)) {
    await call('POST', `${runtime}/versions`, bytes);
    if (values) {
      const path = `${pathOf(version)}/configuration`;
      await call('PUT', path, { values, comment });
    }
    await command(version, 'start');
  }
  for (const version of versions) await reaches(version, 'STARTED');
  await command(versions[0], 'publish');
  await reaches(versions[0], 'PUBLISHED');
  return {
    address: made.address.http,
    grpcAddress: made.address.grpc,
    versions,
    command,
    statusOf,
    reaches,
    /** As one reads a page. */
    read: () => call('GET', runtime),
    /** Of the last publications: from the command until calls to the Service were answered by it, as the portal saw it. */
    async switchMillis(count) {
      const path = `${runtime}/publications?limit=${count}`;
      return until('the last publication is through', async () => {
        const { items } = await call('GET', path);
        const millis = items.map(each => each.switchMillis);
        return millis.every(Number.isFinite) && millis;
      });
    },
    async end() {
      for (const version of versions) {
        await until(`${version} may stop`, () =>
          command(version, 'unpublish')
            .catch(() => undefined)
            .then(() => command(version, 'stop'))
            .then(
              () => true,
              () => false,
            ),
        );
        await reaches(version, 'STOPPED');
      }
      await call('DELETE', `${runtime}?comment=A+proof`);
      await until('the runtime is gone', () =>
        call('GET', runtime).then(
          () => false,
          error => error.status === 404,
        ),
      );
    },
  };
}
