/**
 * @jest-environment node
 */
import { gzipSync } from 'node:zlib';
import { readManifestText } from './readManifestText';

/** A tar entry with the two header fields that matter here. */
function entry(name: string, content: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(content.length.toString(8).padStart(11, '0'), 124);
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  body.write(content);
  return Buffer.concat([header, body]);
}

function pack(...entries: Buffer[]): Blob {
  const tar = Buffer.concat([...entries, Buffer.alloc(1024)]);
  return new Blob([new Uint8Array(gzipSync(tar))]);
}

describe('readManifestText', () => {
  it('finds krt.yml behind other files', async () => {
    const krt = pack(
      entry('./model.bin', 'x'.repeat(2000)),
      entry('./krt.yml', 'version: v1\n'),
    );
    expect(await readManifestText(krt)).toBe('version: v1\n');
  });

  it('answers nothing for a package without one, or that is no package', async () => {
    expect(await readManifestText(pack(entry('a', 'b')))).toBeUndefined();
    expect(await readManifestText(new Blob(['no gzip']))).toBeUndefined();
  });
});
