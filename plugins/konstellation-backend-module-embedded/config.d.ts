export interface Config {
  konstellation?: {
    /** The cluster that plays manifests as processes on this machine. */
    embedded?: {
      /** Default: true */
      enabled?: boolean;
      /** It gives no isolation between runtimes, so it refuses to start in production unless this is true. */
      allowInProduction?: boolean;
      /** Folder of its state. Default: `.konstellation/embedded` */
      directory?: string;
      front?: {
        /** Port of 127.0.0.1 all public addresses are answered at. Default: 7080 */
        port?: number;
      };
      /** How images other than our own are played: the first line that matches. `*` stands for anything. */
      images?: Array<{ match: string; command: string[] }>;
    };
  };
}
