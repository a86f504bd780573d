import type { HumanDuration } from '@backstage/types';

/** Pods by their labels and those of their namespaces, or addresses. */
interface NetworkPeer {
  podLabels?: { [name: string]: string };
  namespaceLabels?: { [name: string]: string };
  cidr?: string;
}

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
        /**
         * How pods get packages: from the object store itself, by a URL that is signed for them and good for minutes, or through
         * the portal, where pods cannot reach the object store. Default: presigned
         */
        delivery?: 'presigned' | 'portal';
        /** Where pods reach the object store, if not at `endpoint`. */
        publicEndpoint?: string;
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
      /** Packages that go through one process of the portal to pods at once; more wait. Default: 32 */
      maxDownloads?: number;
    };
    /** Kubernetes clusters runtimes run in, by the names runtimes give; the first is the default. See docs/kubernetes.md */
    clusters?: Array<{
      name: string;
      /** Who the portal is there. Default: kubeconfig */
      authentication?: 'kubeconfig' | 'inCluster' | 'kubernetesPlugin';
      kubeconfig?: {
        /** Default: what KUBECONFIG names, else `~/.kube/config` */
        file?: string;
        /** Default: the current one */
        context?: string;
      };
      /** How the portal calls pods: by their addresses, or through the API server. Default: network where the portal runs inside */
      reach?: 'network' | 'apiServer';
      /**
       * Where the portal may not make any: namespaces that are there, each for one runtime, at most 100. They are given in this order, and
       * are never changed or deleted.
       */
      namespaces?: string[];
      /** How published solutions are reached from outside. */
      ingress: {
        /** Solutions are at `<runtime>.<domain>`. */
        domain: string;
        /** Default: https */
        protocol?: 'http' | 'https';
        /** Where it is not that of the protocol. */
        port?: number;
        /** Where gRPC needs hosts of its own. */
        grpcDomain?: string;
        grpcPort?: number;
        /** Class of the Ingresses. */
        className?: string;
        annotations?: { [name: string]: string };
        /** Besides those, on the Ingresses for gRPC. */
        grpcAnnotations?: { [name: string]: string };
        /** Name of the Secret with the certificate; `{host}` stands for the host. */
        tlsSecret?: string;
        /** Gateways that take HTTPRoutes, instead of Ingresses. */
        gateways?: Array<{
          name: string;
          namespace: string;
          sectionName?: string;
        }>;
      };
      /** Who is who, for network policies. A port is open to all where nobody is named; metrics are open to nobody then. */
      network?: {
        /** The portal, or the API servers it calls through. */
        portal?: NetworkPeer[];
        /** The ingress controller. */
        ingress?: NetworkPeer[];
        /** What reads metrics. */
        metrics?: NetworkPeer[];
        /** Where pods fetch packages, the portal, and its port. */
        packages?: NetworkPeer[];
        packagesPort?: number;
        /** The object store, where pods get packages from it; needed beside `packages` then. */
        objectStore?: NetworkPeer[];
        /** Default: 443 */
        objectStorePort?: number;
        /** The index, or the proxy to it, for pods that install requirements of python packages. */
        pythonIndex?: NetworkPeer[];
        /** Default: 443 */
        pythonIndexPort?: number;
      };
    }>;
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
      /** How long a changed configuration may take to get ready beside the running release. Default: 5 minutes */
      configuration?: HumanDuration | string;
    };
    publications?: {
      /** How many of the last publications of a solution can always be rolled back to: their versions cannot be deleted. Default: 10 */
      kept?: number;
      /** How long a release that lost publication goes on answering those who still reach it. Default: 10 seconds */
      drain?: HumanDuration | string;
    };
    /** Values of configurations are stored encrypted, with AES-256-GCM. */
    encryption?: {
      /**
       * The first key encrypts, all of them decrypt: to rotate, put a new one first and take the old one away once the log says
       * that every value has the new one. Needed in production.
       */
      keys?: Array<{
        /** Stored beside each value, so that its key is found. */
        id: string;
        /**
         * 32 bytes in base64, as `openssl rand -base64 32` makes them.
         * @visibility secret
         */
        secret: string;
      }>;
      /** Where a portal without keys, on one machine, keeps the one it makes. Default: `.konstellation/encryption-key.json` */
      file?: string;
    };
    /** Logs are kept when containers end, so that they can be read after their pods are gone. */
    logs?: {
      /** How long, after the container ended. They go with their version in any case. Default: 30 days */
      retention?: HumanDuration | string;
      /** The last lines of each container that are kept. Default: 10,000 */
      maxLines?: number;
      /** Bytes of the lines of each container that are kept, before they are compressed. Default: 4 MiB */
      maxBytes?: number;
    };
    images?: {
      /** Registry of our own images. */
      registry?: string;
      /** Which image runs for those a package names; the first line that matches. `*` stands for anything. */
      table?: Array<{ match: string; image: string; convention?: string }>;
    };
    /** Where the requirements.txt of python packages are installed from, in a container of each pod that is not the node's. Only wheels are. */
    python?: {
      /**
       * The index; that of python.org by default. It may hold a user and a password.
       * @visibility secret
       */
      indexUrl?: string;
      /**
       * Further indexes, beside that one.
       * @deepVisibility secret
       */
      extraIndexUrls?: string[];
      /**
       * Pages and folders that wheels are named in, instead of or beside an index.
       * @deepVisibility secret
       */
      findLinks?: string[];
      /** No index at all: only what `findLinks` names. Default: false */
      noIndex?: boolean;
      /** Hosts that are spoken to without TLS, or with certificates nobody knows. */
      trustedHosts?: string[];
      /**
       * How the index is reached. It may hold a user and a password.
       * @visibility secret
       */
      proxy?: string;
      /** What the libraries of one node may take, while they are installed too. Default: 4Gi */
      volumeSize?: string;
      /** A PersistentVolumeClaim that keeps wheels between pods, by its name, in the namespace of each runtime. Default: none */
      cacheClaim?: string;
    };
    /** What nodes with `gpu: true` in krt.yml get, where the settings of their runtime say nothing. See docs/scaling.md */
    gpu?: {
      /** Name of the extended resource. Default: nvidia.com/gpu */
      resource?: string;
      /** How many of it each pod gets. Default: 1 */
      count?: number;
      /** Labels of the cluster nodes that have it. */
      nodeSelector?: { [name: string]: string };
      /** Default: the taint that has the name of the resource */
      tolerations?: Array<{
        key?: string;
        /** Default: Equal */
        operator?: 'Exists' | 'Equal';
        value?: string;
        effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
        tolerationSeconds?: number;
      }>;
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
