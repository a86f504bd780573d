import type { HumanDuration } from '@backstage/types';

export interface Config {
  konstellation?: {
    packages?: {
      /** Folder the packages are stored in. Default: `.konstellation/packages` */
      directory?: string;
      /** An object store instead of the folder: AWS S3, or anything that speaks like it. */
      s3?: {
        bucket: string;
        /** Default: us-east-1 */
        region?: string;
        /** Of another than AWS. */
        endpoint?: string;
        /** `endpoint/bucket` instead of `bucket.endpoint`. */
        forcePathStyle?: boolean;
        /** By default what the AWS SDK finds: environment, files, the role of the machine. */
        accessKeyId?: string;
        /** @visibility secret */
        secretAccessKey?: string;
      };
      /** Largest package that is taken in one request, in bytes. Default: 256 MiB */
      maxUploadBytes?: number;
      /** When an upload in parts that nobody goes on with is removed. Default: 1 day */
      abandonedAfter?: HumanDuration | string;
      /** What a package may be at most. */
      limits?: {
        /** Bytes of the .krt. Default: 5 GiB */
        packedSize?: number;
        /** Bytes of all files together. Default: 20 GiB */
        unpackedSize?: number;
        /** Default: 100,000 */
        entries?: number;
        /** Bytes of one path. Default: 512 */
        pathLength?: number;
        /** Default: 32 */
        pathDepth?: number;
        /** Bytes of krt.yml. Default: 256 KiB */
        manifestSize?: number;
        /** Unpacked ÷ packed. Default: 200 */
        ratio?: number;
      };
      /** Address pods fetch packages from; nothing else is served there. Default: 127.0.0.1 */
      host?: string;
      /** Default: a free port */
      port?: number;
      /** How pods reach that port, where it is not by its own address. */
      baseUrl?: string;
    };
    /** Prefix of the namespaces of runtimes. Default: `kre-` */
    namespacePrefix?: string;
    /** How long a phase may take before the version is in ERROR. */
    deadlines?: {
      /** Default: 5 minutes */
      start?: HumanDuration | string;
      /** Default: 2 minutes */
      stop?: HumanDuration | string;
      /** How long a started version may be unavailable. Default: 1 minute */
      unavailable?: HumanDuration | string;
    };
    images?: {
      /** Registry of our own images. */
      registry?: string;
      /** Which image runs for those a package names; the first line that matches. `*` stands for anything. */
      table?: Array<{ match: string; image: string; convention?: string }>;
    };
    /** What services that call the API may do, by their subject. Services without a line may do nothing. */
    serviceRoles?: { [subject: string]: 'viewer' | 'manager' | 'admin' };
    /** A package to try the product with, offered where there is no runtime yet. */
    example?: {
      /** Path of the .krt */
      package: string;
      /** Id of the runtime it is put into */
      runtime: string;
      name: string;
      /** Origins that may call it from the browser */
      origins?: string[];
    };
  };
}
