import type { Config } from '@backstage/config';
import { parseQuantity } from './domain/quantity';
import type { PythonOptions } from './manifests/requirements';

/** What the libraries of a node may take. */
const DEFAULT_SIZE = '4Gi';

/** Texts of pip's lists, which are separated by blanks. URLs are not repeated in errors, as they may hold passwords. */
function checkUrls(key: string, urls: readonly string[]): void {
  for (const url of urls) {
    const { protocol } = URL.parse(url) ?? {};
    if (!/^https?:$/.test(protocol ?? '') || /\s/.test(url)) {
      throw new Error(
        `konstellation.python.${key} must be a URL that begins with http:// or https://, without blanks`,
      );
    }
  }
}

function readUrls(config: Config, key: string): string[] {
  const urls = config.getOptionalStringArray(key) ?? [];
  checkUrls(`${key}[]`, urls);
  return urls;
}

function readUrl(config: Config, key: string): string | undefined {
  const url = config.getOptionalString(key);
  checkUrls(key, url === undefined ? [] : [url]);
  return url;
}

function readSize(config: Config | undefined): string {
  const size = config?.getOptionalString('volumeSize') ?? DEFAULT_SIZE;
  if ((parseQuantity(size) ?? 0) > 0) return size;
  throw new Error(
    `konstellation.python.volumeSize is "${size}", it must be a quantity such as ${DEFAULT_SIZE}`,
  );
}

function readPip(config: Config): PythonOptions['pip'] {
  const pip = {
    PIP_INDEX_URL: readUrl(config, 'indexUrl'),
    PIP_EXTRA_INDEX_URL: readUrls(config, 'extraIndexUrls').join(' '),
    PIP_FIND_LINKS: (config.getOptionalStringArray('findLinks') ?? []).join(
      ' ',
    ),
    PIP_NO_INDEX: config.getOptionalBoolean('noIndex') ? '1' : undefined,
    PIP_TRUSTED_HOST: (
      config.getOptionalStringArray('trustedHosts') ?? []
    ).join(' '),
    PIP_PROXY: readUrl(config, 'proxy'),
  };
  return Object.fromEntries(Object.entries(pip).filter(([, text]) => text));
}

/** Reads `konstellation.python`. @throws Error that names the key that is wrong */
export function readPython(config: Config | undefined): PythonOptions {
  return {
    pip: config ? readPip(config) : {},
    volumeSize: readSize(config),
    cacheClaim: config?.getOptionalString('cacheClaim'),
  };
}
