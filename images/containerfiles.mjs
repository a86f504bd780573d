// Writes the Containerfile of each image from its description, for Docker, Podman and buildah.
//   node images/containerfiles.mjs           writes them
//   node images/containerfiles.mjs --check   only says which differ, exit 1
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail, say } from '../tools/terminal.mjs';
import { root } from '../tools/toolchain.mjs';
import {
  fileOf,
  labelsOf,
  NAMES,
  PRODUCT_VERSION,
  readDescription,
  STOP_SIGNAL,
  USER,
} from './descriptions.mjs';
import { SYSTEM_FOLDER } from './interpreters/system.mjs';

const SOURCE = '/source';
const list = words => `[${words.map(word => JSON.stringify(word)).join(', ')}]`;

function assignments(values) {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(' \\\n    ');
}

/** @returns the text of images/<name>/Containerfile */
export function containerfileOf(name) {
  const description = readDescription(name);
  const { interpreter, steps, files, environment, ports } = description;
  const { build, base, setup, install } = interpreter.containerfile;
  const own = Object.fromEntries(
    Object.entries(environment).filter(([variable]) => variable !== 'PATH'),
  );
  const lines = [
    `# ${description.title}. Written from image.json by \`node images/containerfiles.mjs\`; change that instead.`,
    `#   docker build -f ${fileOf(name, 'Containerfile')} .`,
    `FROM ${build} AS build`,
    'ARG SOURCE_DATE_EPOCH=0',
    `WORKDIR ${SOURCE}`,
    'COPY . .',
    ...setup,
    ...steps.map(({ run }) => `RUN ${run}`),
    '',
    `FROM ${base}`,
    `ARG VERSION=${PRODUCT_VERSION}`,
    `LABEL ${assignments(labelsOf(description, '${VERSION}'))}`,
    `COPY ${SYSTEM_FOLDER}/ /etc/`,
    ...install,
    ...files.map(({ from, to }) => `COPY --from=build ${SOURCE}/${from} ${to}`),
    `ENV ${assignments(own)}`,
    `WORKDIR ${description.workingDirectory}`,
    `USER ${USER}`,
    ...(ports.length > 0 ? [`EXPOSE ${ports.join(' ')}`] : []),
    `STOPSIGNAL ${STOP_SIGNAL}`,
    `ENTRYPOINT ${list(description.entrypoint)}`,
    `CMD ${list(description.command)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** @returns the names of images whose committed Containerfile is not what their description makes */
export function differingContainerfiles() {
  return NAMES.filter(name => {
    try {
      const committed = readFileSync(
        join(root, fileOf(name, 'Containerfile')),
        'utf8',
      );
      return committed !== containerfileOf(name);
    } catch (error) {
      if (error.code === 'ENOENT') return true;
      throw error;
    }
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const differing = differingContainerfiles();
  if (process.argv.includes('--check')) {
    if (differing.length > 0) {
      fail(
        `Not what image.json says: ${differing
          .map(name => fileOf(name, 'Containerfile'))
          .join(', ')}. Run node images/containerfiles.mjs`,
      );
    }
  } else {
    for (const name of differing) {
      writeFileSync(
        join(root, fileOf(name, 'Containerfile')),
        containerfileOf(name),
      );
      say(`wrote ${fileOf(name, 'Containerfile')}`);
    }
  }
}
