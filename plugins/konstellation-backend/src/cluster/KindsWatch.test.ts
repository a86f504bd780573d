import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { NotAllowedError } from '@backstage/errors';
import { quietLogger } from '../__testUtils__/quietLogger';
import { until } from '../__testUtils__/until';
import type { ApiCall } from './ApiServer';
import { AppliedObjects } from './AppliedObjects';
import { KindsWatch } from './KindsWatch';

const POD = { apiVersion: 'v1', kind: 'Pod' };
const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };

describe('KindsWatch in some namespaces', () => {
  it('has one watch for each kind and namespace, and goes on without one it may not have', async () => {
    const lost = new Set(['team-b']);
    const watched: string[] = [];
    const warnings: string[] = [];
    const seen: string[] = [];
    const isLost = ({ path }: ApiCall) =>
      [...lost].some(name => path.includes(`/${name}/`));
    const watch = new KindsWatch({
      api: {
        cluster: 'prod',
        async call<T>(call: ApiCall): Promise<T> {
          if (isLost(call)) throw new NotAllowedError('the portal may not');
          return JSON.parse('{ "metadata": { "resourceVersion": "1" } }');
        },
        async stream({ path }: ApiCall) {
          watched.push(path);
          const stream = new IncomingMessage(new Socket());
          const [, , , , namespace, plural] = path.split('/');
          stream.push(
            `${JSON.stringify({
              type: 'ADDED',
              object: {
                ...(plural === 'pods' ? POD : CONFIG_MAP),
                metadata: { name: 'one', namespace, resourceVersion: '2' },
              },
            })}\n`,
          );
          return stream;
        },
      },
      applied: new AppliedObjects(),
      kinds: [POD, CONFIG_MAP, { apiVersion: 'v1', kind: 'Namespace' }],
      namespaces: ['team-a', 'team-b', 'team-c'],
      handler: ({ type, object }) => {
        seen.push(
          object ? `${object.kind} ${object.metadata.namespace}` : type,
        );
      },
      logger: quietLogger(warnings),
    });
    try {
      await until(() => seen.includes('RELISTED') && seen.length === 5);
      expect(seen.filter(each => each !== 'RELISTED').sort()).toEqual([
        'ConfigMap team-a',
        'ConfigMap team-c',
        'Pod team-a',
        'Pod team-c',
      ]);
      expect(warnings.length).toBeGreaterThan(0);
      for (const warning of warnings) {
        expect(warning).toMatch(
          /^(Pod|ConfigMap) in "team-b" of the cluster "prod" cannot be watched just now/,
        );
      }
      lost.clear();
      // What came to be meanwhile may have been missed there.
      await until(() => seen.includes('Pod team-b'));
      await until(() => seen.includes('ConfigMap team-b'));
      expect(seen.filter(each => each === 'RELISTED')).toHaveLength(3);
      expect(new Set(watched).size).toBe(6);
      expect(watched).toHaveLength(6);
    } finally {
      watch.close();
    }
  });
});
