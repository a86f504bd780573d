// A runtime with the example, for proofs that need something that runs.
import { signIn } from '../api.mjs';
import { packageOf } from '../priceEstimator.mjs';
import { until } from '../until.mjs';

const comment = 'A proof';

/**
 * Makes a runtime with started versions, of which the first is published.
 *
 * @param id - of the runtime, which is not there yet
 * @param versions - `v1`, `v2`
 * @returns `{ address, grpcAddress, publish(version), switchMillis(count), end() }`
 */
export async function startPricing(baseUrl, id, versions) {
  const call = await signIn(baseUrl);
  const runtime = `/runtimes/${id}`;
  const pathOf = version => `${runtime}/versions/price-${version}`;
  const reaches = (version, status) =>
    until(`${version} ${status}`, async () => {
      const seen = await call('GET', pathOf(version));
      if (seen.status === 'ERROR') throw new Error(seen.statusMessage);
      return seen.status === status;
    });
  const publish = async version => {
    await call('POST', `${pathOf(version)}/publish`, { comment });
  };
  const made = await call('POST', '/runtimes', { id, name: id });
  for (const version of versions) {
    await call('POST', `${runtime}/versions`, packageOf(version));
    await call('PUT', `${pathOf(version)}/configuration`, {
      values: { OUTPUT_PRICE_CURRENCY: 'CAD' },
      comment,
    });
    await call('POST', `${pathOf(version)}/start`, { comment });
  }
  for (const version of versions) await reaches(version, 'STARTED');
  await publish(versions[0]);
  await reaches(versions[0], 'PUBLISHED');
  return {
    address: made.address.http,
    grpcAddress: made.address.grpc,
    publish,
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
          call('POST', `${pathOf(version)}/unpublish`, { comment })
            .catch(() => undefined)
            .then(() => call('POST', `${pathOf(version)}/stop`, { comment }))
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
