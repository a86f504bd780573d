// Writes an OCI image as one file that containerd, Podman, skopeo and Docker load: an OCI layout in a tar, with the name as
// containerd reads it (`ctr images import`) and the list that Docker reads (`docker load`).
import { createHash } from 'node:crypto';
import { file, text } from './entries.mjs';
import { writeTar } from './writeTar.mjs';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar';

/** As images name processors. */
export const ARCHITECTURE = { x64: 'amd64' }[process.arch] ?? process.arch;

const pathOf = digest => `blobs/${digest.replace(':', '/')}`;

function blob(mediaType, value) {
  const content = Buffer.from(JSON.stringify(value));
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  return {
    descriptor: { mediaType, digest, size: content.length },
    entry: text(pathOf(digest), content),
  };
}

const timeOf = seconds =>
  new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

function tagOf(name) {
  const last = name.slice(name.lastIndexOf('/') + 1);
  const colon = last.indexOf(':');
  if (colon < 1) throw new Error(`The image name "${name}" has no tag`);
  return last.slice(colon + 1);
}

/**
 * @param options.layers - as `writeTar` returns them, the lowest first; `title` says what a layer is
 * @param options.config - `{ User, Env, Entrypoint, Cmd, WorkingDir, Labels, StopSignal, ExposedPorts }`
 * @param options.name - with registry and tag
 * @param options.out - the file
 * @param options.createdAt - seconds since 1970
 * @returns `{ name, digest, size, file }`; the digest is that of the manifest, as registries name it
 */
export function writeImage({ layers, config, name, out, createdAt = 0 }) {
  const created = timeOf(createdAt);
  const configuration = blob(CONFIG, {
    created,
    architecture: ARCHITECTURE,
    os: 'linux',
    config,
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
    history: layers.map(({ title }) => ({
      created,
      created_by: title ?? 'layer',
    })),
  });
  const manifest = blob(MANIFEST, {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: configuration.descriptor,
    layers: layers.map(({ digest, size }) => ({
      mediaType: LAYER,
      digest,
      size,
    })),
  });
  const index = {
    schemaVersion: 2,
    mediaType: INDEX,
    manifests: [
      {
        ...manifest.descriptor,
        platform: { architecture: ARCHITECTURE, os: 'linux' },
        annotations: {
          'io.containerd.image.name': name,
          'org.opencontainers.image.ref.name': tagOf(name),
        },
      },
    ],
  };
  const dockerList = [
    {
      Config: pathOf(configuration.descriptor.digest),
      RepoTags: [name],
      Layers: layers.map(({ digest }) => pathOf(digest)),
    },
  ];
  const blobs = new Map(
    layers.map(layer => [
      layer.digest,
      file(pathOf(layer.digest), layer.file, 0o644),
    ]),
  );
  const { size } = writeTar({
    entries: [
      text('oci-layout', JSON.stringify({ imageLayoutVersion: '1.0.0' })),
      text('index.json', JSON.stringify(index)),
      text('manifest.json', JSON.stringify(dockerList)),
      configuration.entry,
      manifest.entry,
      ...blobs.values(),
    ],
    out,
    modifiedAt: createdAt,
  });
  return { name, digest: manifest.descriptor.digest, size, file: out };
}
