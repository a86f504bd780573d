import { Readable } from 'node:stream';
import type { LogOptions } from '@konstellation/backstage-plugin-konstellation-node';
import { InputError } from '@backstage/errors';
import type { ApiCall, ApiServer } from './ApiServer';
import { podLogs } from './podLogs';

const POD = { namespace: 'kre-shop', name: 'v-1-etl', container: 'etl' };

/** What is asked and read when the kubelet has these lines. */
async function read(lines: string[] | Error, options: LogOptions = {}) {
  const calls: ApiCall[] = [];
  const api: Pick<ApiServer, 'stream'> = {
    stream: async call => {
      calls.push(call);
      if (lines instanceof Error) throw lines;
      const stream = Readable.from(lines.map(line => Buffer.from(`${line}\n`)));
      return Object.assign(stream, { statusCode: 200 }) as never;
    },
  };
  const seen = [];
  for await (const line of podLogs(api, POD, options)) seen.push(line);
  return { seen, query: calls[0]?.query };
}

describe('podLogs', () => {
  it('takes lines apart', async () => {
    const { seen, query } = await read([
      '2026-11-27T06:00:00.000000001Z two words',
      '2026-11-27T06:00:00.5Z ',
      '2026-11-27T06:00:01Z  indented',
    ]);
    expect(seen).toEqual([
      { at: '2026-11-27T06:00:00.000000001Z', text: 'two words' },
      { at: '2026-11-27T06:00:00.5Z', text: '' },
      { at: '2026-11-27T06:00:01Z', text: ' indented' },
    ]);
    expect(query).toMatchObject({ container: 'etl', timestamps: true });
  });

  it('begins where it is asked to, though the kubelet counts whole seconds', async () => {
    const { seen, query } = await read(
      [
        '2026-11-27T06:00:00.400000000Z before',
        '2026-11-27T06:00:00.5Z the same',
        '2026-11-27T06:00:01Z after',
      ],
      { since: '2026-11-27T06:00:00.500Z' },
    );
    expect(seen.map(({ text }) => text)).toEqual(['the same', 'after']);
    expect(query?.sinceTime).toBe('2026-11-27T06:00:00Z');
  });

  it('takes no words of the kubelet for those of a container', async () => {
    await expect(
      read(['unable to retrieve container logs for containerd://0a1b']),
    ).rejects.toMatchObject({
      name: 'NotFoundError',
      message: 'unable to retrieve container logs for containerd://0a1b',
    });
    await expect(
      read(new InputError('container "etl" is waiting to start')),
    ).rejects.toMatchObject({ name: 'NotFoundError' });
  });
});
