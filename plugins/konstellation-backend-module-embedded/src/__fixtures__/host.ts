// A process that plays a container and prints its pid, to be killed.
import { EmbeddedClusterClient } from '../EmbeddedClusterClient';

async function main() {
  const [, , directory = '', script = ''] = process.argv;
  const client = await EmbeddedClusterClient.create({
    directory,
    frontPort: 0,
    images: [{ match: 'test/*', command: [process.execPath, script] }],
    backoff: { baseMillis: 50, maxMillis: 200 },
  });
  await client.apply(
    [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } },
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'd', namespace: 'n' },
        spec: {
          replicas: 1,
          selector: { matchLabels: { app: 'd' } },
          template: {
            metadata: { labels: { app: 'd' } },
            spec: {
              containers: [
                {
                  name: 'c',
                  image: 'test/server',
                  ports: [{ name: 'http', containerPort: 8080 }],
                },
              ],
            },
          },
        },
      },
    ],
    { fieldManager: 'test' },
  );
  process.stdout.write('playing\n');
}

void main();
