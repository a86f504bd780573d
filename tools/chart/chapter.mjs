// What the story leaves out and the portal does in a cluster all the same: a runtime whose settings change, with two solutions, and
// nodes that scale.
import { signIn } from '../api.mjs';
import { packageOf } from '../priceEstimator.mjs';
import { until } from '../until.mjs';

const comment = 'A test of the chart';

/** @throws Error with what was not as it should be */
export async function tellChapter(baseUrl, id) {
  const call = await signIn(baseUrl);
  const runtime = `/runtimes/${id}`;
  const version = `${runtime}/versions/price-v1`;
  const reaches = status =>
    until(status, async () => (await call('GET', version)).status === status);
  const isGone = path => () =>
    call('GET', path).then(
      () => false,
      error => error.status === 404,
    );
  const configure = currency =>
    call('PUT', `${version}/configuration`, {
      values: { OUTPUT_PRICE_CURRENCY: currency },
      comment,
    });

  const nodes = async () => {
    const { workflows } = await call('GET', `${version}/status`);
    return Object.fromEntries(
      workflows.flatMap(workflow =>
        workflow.nodes.map(node => [node.name, node]),
      ),
    );
  };
  const scale = scaling => call('PATCH', runtime, { settings: { scaling } });

  await call('POST', '/runtimes', {
    id,
    name: 'Chapter',
    settings: {
      quota: { pods: '40' },
      egress: [{ cidr: '192.0.2.0/24', ports: [443] }],
    },
  });
  await call('POST', `${runtime}/solutions`, { id: 'other', name: 'Other' });
  await call('POST', `${runtime}/versions`, packageOf('v1'));
  await configure('CAD');
  await call('POST', `${version}/start`, { comment });
  await reaches('STARTED');
  // Beside what runs, if the quota has room.
  await configure('USD');
  await call('PATCH', runtime, { settings: { egress: [], quota: {} } });
  await call('DELETE', `${runtime}/solutions/other?comment=Not+needed`);
  await until('the solution is gone', async () => {
    const { items } = await call('GET', `${runtime}/solutions`);
    return !items.some(({ id: solution }) => solution === 'other');
  });
  await until('the configuration took effect', async () => {
    const { conditions } = await call('GET', version);
    return conditions.some(
      ({ type, status }) =>
        type === 'ConfigurationApplied' && status === 'True',
    );
  });
  await scale({
    nodes: {
      etl: { autoscaling: { min: 1, max: 2 } },
      output: { replicas: 2 },
    },
  });
  await until('two pods run the node output', nodes, {
    isSo: ({ etl, output }) => etl.autoscaling && output.readyReplicas === 2,
  });
  await scale({});
  await until('one pod runs each node', nodes, {
    isSo: ({ etl, output }) => !etl.autoscaling && output.replicas === 1,
  });
  await call('POST', `${version}/stop`, { comment });
  await reaches('STOPPED');
  await call('DELETE', `${runtime}?comment=Not+needed`);
  await until('the runtime is gone', isGone(runtime));
}
