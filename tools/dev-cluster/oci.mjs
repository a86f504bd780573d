// OCI images from folders, without Docker: the same folder gives the same image.
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { must } from './commands.mjs';

const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64' };
const media = kind => `application/vnd.oci.image.${kind}`;

/** A tar that says nothing of when and by whom it was made. */
function pack(folder, out, entries = ['.']) {
  must('tar', [
    '--numeric-owner',
    '--owner=0',
    '--group=0',
    '--mtime=@0',
    '--sort=name',
    '-C',
    folder,
    '-cf',
    out,
    ...entries,
  ]);
}

/**
 * @param options.root - folder with the files of the image
 * @param options.name - `registry/name:tag`
 * @param options.out - the tar to write
 * @param options.config - `Entrypoint`, `Env`, `User` … of the OCI image configuration
 * @see https://github.com/opencontainers/image-spec
 */
export function writeImage({ root, name, out, config }) {
  const work = mkdtempSync(join(tmpdir(), 'konstellation-image-'));
  try {
    const blobs = join(work, 'blobs/sha256');
    mkdirSync(blobs, { recursive: true });
    const put = bytes => {
      const hex = createHash('sha256').update(bytes).digest('hex');
      writeFileSync(join(blobs, hex), bytes);
      return { digest: `sha256:${hex}`, size: bytes.length };
    };
    const json = value => put(Buffer.from(JSON.stringify(value)));
    const packed = join(work, 'layer.tar');
    pack(root, packed);
    const layer = put(readFileSync(packed));
    rmSync(packed);
    const described = json({
      architecture: ARCHITECTURES[process.arch] ?? process.arch,
      os: 'linux',
      config,
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
    });
    const manifest = json({
      schemaVersion: 2,
      mediaType: media('manifest.v1+json'),
      config: { mediaType: media('config.v1+json'), ...described },
      layers: [{ mediaType: media('layer.v1.tar'), ...layer }],
    });
    writeFileSync(join(work, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    writeFileSync(
      join(work, 'index.json'),
      JSON.stringify({
        schemaVersion: 2,
        manifests: [
          {
            mediaType: media('manifest.v1+json'),
            ...manifest,
            annotations: { 'io.containerd.image.name': name },
          },
        ],
      }),
    );
    mkdirSync(dirname(out), { recursive: true });
    pack(work, out, ['oci-layout', 'index.json', 'blobs']);
    return { name, out, digest: manifest.digest };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
