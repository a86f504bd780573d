// What the account of the chart must not get done outside of its own namespaces, and inside of them may.
import { NAMESPACE } from '../../chart/tests/renders.mjs';
import { API_SERVER } from '../dev-cluster/settings.mjs';
import { accountKubeconfig } from './installation.mjs';

const configMap = namespace => [
  ...['create', 'configmap', 'confined', '--dry-run=server'],
  ...['--namespace', namespace],
];
const namespace = name => ['create', 'namespace', name, '--dry-run=server'];
const REFUSED = {
  'a namespace without its prefix': namespace('other'),
  'an object in a namespace of somebody else': configMap('default'),
  'the end of a namespace': [
    'delete',
    'namespace',
    NAMESPACE,
    '--dry-run=server',
  ],
};

/** @throws Error with what was done, or was refused for another reason */
export async function isConfined(cluster) {
  const kubeconfig = await accountKubeconfig(cluster);
  const kubectl = args =>
    cluster.exec('kubectl', [
      ...['--kubeconfig', kubeconfig, '--server', API_SERVER],
      ...args,
    ]);
  for (const [title, args] of Object.entries(REFUSED)) {
    const said = await kubectl(args).catch(error => error.message);
    if (!said.includes('the portal may change namespaces that begin with')) {
      throw new Error(`${title}: ${said}`);
    }
  }
  await kubectl(namespace('kre-confined'));
}
