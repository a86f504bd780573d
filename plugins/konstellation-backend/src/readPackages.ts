import { resolve } from 'node:path';
import type { Config } from '@backstage/config';
import type { HumanDuration } from '@backstage/types';
import type { S3Options } from './packages/S3PackageStore';

/** Where packages lie, and how they come to pods. */
export interface PackagesConfig {
  directory: string;
  /** Instead of the directory. */
  s3?: S3Options;
  host: string;
  port: number;
  baseUrl?: string;
  /** Packages that go through the portal to pods at once. */
  maxDownloads: number;
  /** Bytes of a package in one request. */
  maxRequestBytes: number;
  abandonedMillis: number;
}

/** Bytes of a package that is sent in one request. */
const DEFAULT_UPLOAD_SIZE = 256 * 1024 * 1024;
const DEFAULT_DOWNLOADS = 32;
/** The largest object that is copied on the server in one request. */
const MAX_S3_COPY = 5 * 1024 ** 3;

function readMaxDownloads(config: Config | undefined): number {
  const most =
    config?.getOptionalNumber('packages.maxDownloads') ?? DEFAULT_DOWNLOADS;
  if (Number.isSafeInteger(most) && most >= 1) return most;
  throw new Error(
    `konstellation.packages.maxDownloads is ${most}, it must be a whole number of at least 1`,
  );
}

function readDelivery(s3: Config): S3Options['delivery'] {
  const delivery = s3.getOptionalString('delivery') ?? 'presigned';
  if (delivery === 'presigned' || delivery === 'portal') return delivery;
  throw new Error(
    `konstellation.packages.s3.delivery is "${delivery}", it must be presigned or portal`,
  );
}

function readPublicEndpoint(s3: Config): string | undefined {
  const endpoint = s3.getOptionalString('publicEndpoint');
  if (endpoint === undefined) return undefined;
  if (/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) return endpoint;
  throw new Error(
    `konstellation.packages.s3.publicEndpoint is "${endpoint}", it must be a URL that begins with http:// or https://`,
  );
}

function readS3(config: Config | undefined): S3Options | undefined {
  const s3 = config?.getOptionalConfig('packages.s3');
  if (!s3) return undefined;
  const most = config?.getOptionalNumber('packages.limits.packedSize') ?? 0;
  if (most > MAX_S3_COPY) {
    throw new Error(
      `konstellation.packages.limits.packedSize is ${most}; with S3 it can be ${MAX_S3_COPY} at most`,
    );
  }
  const accessKeyId = s3.getOptionalString('accessKeyId');
  return {
    bucket: s3.getString('bucket'),
    region: s3.getOptionalString('region') ?? 'us-east-1',
    endpoint: s3.getOptionalString('endpoint'),
    forcePathStyle: s3.getOptionalBoolean('forcePathStyle'),
    delivery: readDelivery(s3),
    publicEndpoint: readPublicEndpoint(s3),
    ...(accessKeyId
      ? {
          credentials: {
            accessKeyId,
            secretAccessKey: s3.getString('secretAccessKey'),
          },
        }
      : {}),
  };
}

/** Reads `konstellation.packages`. @throws Error that names the key that is wrong */
export function readPackages(
  config: Config | undefined,
  duration: (key: string, byDefault: HumanDuration) => number,
): PackagesConfig {
  return {
    directory: resolve(
      config?.getOptionalString('packages.directory') ??
        '.konstellation/packages',
    ),
    s3: readS3(config),
    host: config?.getOptionalString('packages.host') ?? '127.0.0.1',
    port: config?.getOptionalNumber('packages.port') ?? 0,
    baseUrl: config?.getOptionalString('packages.baseUrl'),
    maxDownloads: readMaxDownloads(config),
    maxRequestBytes:
      config?.getOptionalNumber('packages.maxUploadBytes') ??
      DEFAULT_UPLOAD_SIZE,
    abandonedMillis: duration('packages.abandonedAfter', { hours: 24 }),
  };
}
