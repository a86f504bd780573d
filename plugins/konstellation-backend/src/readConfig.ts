import { resolve } from 'node:path';
import type { RootConfigService } from '@backstage/backend-plugin-api';
import { readDurationFromConfig, type Config } from '@backstage/config';
import { durationToMilliseconds, type HumanDuration } from '@backstage/types';
import type {
  GpuSettings,
  Toleration,
} from '@konstellation/backstage-plugin-konstellation-common';
import { DEFAULT_LIMITS, type KrtLimits } from '@konstellation/krt';
import { readKey, type EncryptionKey } from './configuration/ValueCipher';
import { checkGpu } from './domain/checkPlacement';
import type { LifecyclePolicy } from './domain/deriveVersionStatus';
import type { LogLimits } from './logs/lines';
import {
  defaultImageRules,
  type ImageRule,
  type RunnerImages,
} from './manifests/images';
import type { PythonOptions } from './manifests/requirements';
import type { ServiceRole } from './permissions/ServiceRoles';
import { readClusters, type ClusterConfig } from './readClusters';
import { readPackages, type PackagesConfig } from './readPackages';
import { readPython } from './readPython';
import type { Example } from './services/DefaultRuntimeService';

const RUNNER_VERSION = '0.1.0';

export interface KonstellationConfig {
  clusters: ClusterConfig[];
  packages: PackagesConfig;
  limits: Partial<KrtLimits>;
  policy: LifecyclePolicy;
  /** How long a release that lost publication goes on answering those who still reach it. */
  drainMillis: number;
  /** What is kept of the logs of containers that are gone. */
  logs: LogLimits & { retentionMillis: number };
  encryption: {
    /** The first one encrypts, all decrypt; none where the portal makes one for its machine. */
    keys: EncryptionKey[];
    /** Where the portal keeps the one it made. */
    file: string;
  };
  namespacePrefix: string;
  images: RunnerImages;
  imageRules: ImageRule[];
  python: PythonOptions;
  /** What nodes with a GPU get where their runtime says nothing. */
  gpu: GpuSettings;
  serviceRoles: Record<string, ServiceRole>;
  example?: Example;
}

const ROLES: readonly unknown[] = ['viewer', 'manager', 'admin'];

function isRole(role: unknown): role is ServiceRole {
  return ROLES.includes(role);
}

/** Limits of packages; what is not set is as the reader has it. */
function readLimits(config: Config | undefined): Partial<KrtLimits> {
  const limits: Partial<KrtLimits> = {};
  for (const [name, byDefault] of Object.entries(DEFAULT_LIMITS)) {
    const value = config?.getOptionalNumber(name) ?? byDefault;
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new Error(
        `konstellation.packages.limits.${name} is ${value}, it must be a whole number of at least 1`,
      );
    }
    Object.assign(limits, { [name]: value });
  }
  return limits;
}

function readEncryption(
  config: Config | undefined,
): KonstellationConfig['encryption'] {
  const configured = config?.getOptionalConfigArray('encryption.keys') ?? [];
  return {
    keys: configured.map((key, index) => {
      const id = key.getString('id');
      try {
        return readKey(id, key.getString('secret'));
      } catch (error) {
        throw new Error(`konstellation.encryption.keys[${index}]: ${error}`);
      }
    }),
    file: resolve(
      config?.getOptionalString('encryption.file') ??
        '.konstellation/encryption-key.json',
    ),
  };
}

function readPolicy(
  config: Config | undefined,
  duration: (key: string, byDefault: HumanDuration) => number,
): LifecyclePolicy {
  const kept = config?.getOptionalNumber('publications.kept') ?? 10;
  if (!Number.isSafeInteger(kept) || kept < 0) {
    throw new Error(
      `konstellation.publications.kept is ${kept}, it must be a whole number of at least 0`,
    );
  }
  return {
    deadlines: {
      start: duration('deadlines.start', { minutes: 5 }),
      stop: duration('deadlines.stop', { minutes: 2 }),
      unavailable: duration('deadlines.unavailable', { minutes: 1 }),
      configuration: duration('deadlines.configuration', { minutes: 5 }),
    },
    keptPublications: kept,
  };
}

function readLogs(
  config: Config | undefined,
  duration: (key: string, byDefault: HumanDuration) => number,
): KonstellationConfig['logs'] {
  const whole = (name: string, byDefault: number) => {
    const value = config?.getOptionalNumber(`logs.${name}`) ?? byDefault;
    if (Number.isSafeInteger(value) && value >= 1) return value;
    throw new Error(
      `konstellation.logs.${name} is ${value}, it must be a whole number of at least 1`,
    );
  };
  return {
    maxLines: whole('maxLines', 10_000),
    maxBytes: whole('maxBytes', 4 * 1024 * 1024),
    retentionMillis: duration('logs.retention', { days: 30 }),
  };
}

const OPERATORS = ['Exists', 'Equal'] as const;
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const;

function readToleration(config: Config, index: number): Toleration {
  const oneOf = <T extends string>(name: string, allowed: readonly T[]) => {
    const value = config.getOptionalString(name);
    const found = allowed.find(each => each === value);
    if (value === undefined || found !== undefined) return found;
    throw new Error(
      `konstellation.gpu.tolerations[${index}].${name} is "${value}", it must be one of ${allowed.join(
        ', ',
      )}`,
    );
  };
  return {
    key: config.getOptionalString('key'),
    operator: oneOf('operator', OPERATORS),
    value: config.getOptionalString('value'),
    effect: oneOf('effect', EFFECTS),
    tolerationSeconds: config.getOptionalNumber('tolerationSeconds'),
  };
}

function readGpu(config: Config | undefined): GpuSettings {
  if (!config) return {};
  const labels: Record<string, unknown> = Object(
    config.getOptional('nodeSelector'),
  );
  const tolerations = config.getOptionalConfigArray('tolerations');
  const gpu: GpuSettings = {
    resource: config.getOptionalString('resource'),
    count: config.getOptionalNumber('count'),
    nodeSelector: Object.fromEntries(
      Object.entries(labels).map(([key, value]) => [key, String(value)]),
    ),
    ...(tolerations ? { tolerations: tolerations.map(readToleration) } : {}),
  };
  checkGpu('konstellation.gpu', gpu);
  return gpu;
}

/** As an object: subjects of external issuers hold characters that keys of the configuration are not asked for with. */
function readServiceRoles(
  config: Config | undefined,
): KonstellationConfig['serviceRoles'] {
  const roles = Object.entries(config?.getOptional('serviceRoles') ?? {});
  return Object.fromEntries(
    roles.map(([subject, role]: [string, unknown]) => {
      if (isRole(role)) return [subject, role];
      throw new Error(
        `konstellation.serviceRoles.${subject} is "${role}", it must be viewer, manager or admin`,
      );
    }),
  );
}

/** Reads everything under `konstellation`; the one place that does. @throws Error that names the key that is wrong */
export function readConfig(root: RootConfigService): KonstellationConfig {
  const config = root.getOptionalConfig('konstellation');
  const duration = (key: string, byDefault: HumanDuration) =>
    durationToMilliseconds(
      config?.has(key) ? readDurationFromConfig(config, { key }) : byDefault,
    );
  const registry = config?.getOptionalString('images.registry');
  const runner = (name: string) =>
    `${registry ? `${registry}/` : ''}konstellation/${name}:${RUNNER_VERSION}`;
  const images: RunnerImages = {
    entrypoint: runner('entrypoint'),
    python: runner('python'),
    node: runner('node'),
    krtFetch: runner('krt-fetch'),
  };
  const configured = (config?.getOptionalConfigArray('images.table') ?? []).map(
    line => ({
      match: line.getString('match'),
      image: line.getString('image'),
      convention: line.getOptionalString('convention'),
    }),
  );
  const example = config?.getOptionalConfig('example');
  const packages = readPackages(config, duration);
  return {
    clusters: readClusters(root, {
      isPresigned: packages.s3?.delivery === 'presigned',
    }),
    packages,
    limits: readLimits(config?.getOptionalConfig('packages.limits')),
    policy: readPolicy(config, duration),
    drainMillis: duration('publications.drain', { seconds: 10 }),
    logs: readLogs(config, duration),
    encryption: readEncryption(config),
    namespacePrefix: config?.getOptionalString('namespacePrefix') ?? 'kre-',
    images,
    imageRules: [...configured, ...defaultImageRules(images)],
    python: readPython(config?.getOptionalConfig('python')),
    gpu: readGpu(config?.getOptionalConfig('gpu')),
    serviceRoles: readServiceRoles(config),
    ...(example
      ? {
          example: {
            package: resolve(example.getString('package')),
            runtime: example.getString('runtime'),
            name: example.getString('name'),
            origins: example.getOptionalStringArray('origins') ?? [],
          },
        }
      : {}),
  };
}
