// Tests of a portal of two replicas, whose state is in a database and an object store.
import { tellStory } from '../story.mjs';
import { say } from '../terminal.mjs';
import { startBackingServices } from './backing/index.mjs';
import { runtimeId } from './runtime.mjs';
import {
  killInTheMiddle,
  onTwoReplicas,
  portalUrl,
  replaceUnderLoad,
} from './replicas.mjs';
import { IN_THEIR_NAMESPACES, makeTheirNamespaces } from './restricted.mjs';

/**
 * @param install - installs the chart with more values
 * @returns `{ tests, end }`: tests by their titles, in this order; the next installation gives the portal back its volume
 */
export function testsOfReplicas(cluster, install) {
  let backing;
  let values;
  const tests = {
    'Two replicas, on PostgreSQL over TLS and an object store': async () => {
      backing = await startBackingServices(cluster);
      values = onTwoReplicas(cluster, backing);
      await install(values);
      await tellStory(portalUrl(cluster), runtimeId());
      const statuses = backing.presigned();
      if (statuses.length === 0 || statuses.some(status => status !== 200)) {
        throw new Error(`URLs that pods got were answered ${statuses}`);
      }
      say(`  ${statuses.length} packages fetched by presigned URLs`);
    },
    'Both are replaced while people work and callers call': async () => {
      const id = `${runtimeId()}-r`;
      const again = { ...values, podAnnotations: { replaced: id } };
      const { calls, pages, starts } = await replaceUnderLoad(cluster, id, () =>
        install(again),
      );
      say(`  ${calls} calls, ${pages} pages, ${starts} starts, none failed`);
    },
    'Each is killed in the middle of a start': async () => {
      const millis = await killInTheMiddle(cluster, `${runtimeId()}-k`);
      say(`  STARTED ${millis.join(' and ')} ms after the command`);
    },
    'Both, in namespaces that are there': async () => {
      await makeTheirNamespaces(cluster);
      const { network } = values.runtimes;
      const runtimes = { ...IN_THEIR_NAMESPACES.runtimes, network };
      await install({ ...values, runtimes });
      await tellStory(portalUrl(cluster), runtimeId());
    },
  };
  return { tests, end: async () => backing?.stop() };
}
