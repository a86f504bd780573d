import { Readable } from 'node:stream';
import { linesOf } from './lines';

async function read(...parts: Buffer[]) {
  const lines: string[] = [];
  for await (const line of linesOf(Readable.from(parts))) lines.push(line);
  return lines;
}

describe('linesOf', () => {
  it('puts lines together, however they come', async () => {
    const text = Buffer.from('ä1\n\nthree\nlast');
    const bytes = [...text].map(byte => Buffer.from([byte]));
    expect(await read(...bytes)).toEqual(['ä1', '', 'three', 'last']);
    expect(await read(text)).toEqual(['ä1', '', 'three', 'last']);
    expect(await read(Buffer.from('one\n'))).toEqual(['one']);
    expect(await read()).toEqual([]);
  });

  it('does not keep a line without end', async () => {
    const part = Buffer.alloc(1024 * 1024, 'x');
    await expect(read(part, part, part, part, part)).rejects.toThrow(
      'a line has more than',
    );
  });
});
