import { readFile } from 'node:fs/promises';

/** Where a service of the release is reached. */
export interface ServiceDirectory {
  /** The address to connect to for a host and port of a node's URL. */
  resolve(host: string, port: string): Promise<{ host: string; port: string }>;
  /** Tells that an address it gave refused the connection. */
  forget(): void;
}

/** A cluster with DNS: names are what they are. */
export class DnsServiceDirectory implements ServiceDirectory {
  async resolve(host: string, port: string) {
    return { host, port };
  }

  forget() {}
}

/** The embedded cluster, which has no DNS: a JSON file of `"<service>:<port>": "127.0.0.1:<port>"`. */
export class FileServiceDirectory implements ServiceDirectory {
  private addresses: Record<string, unknown> = {};
  private reading?: Promise<void>;
  private isStale = true;

  constructor(private readonly path: string) {}

  async resolve(host: string, port: string) {
    const key = `${host}:${port}`;
    if (this.isStale || this.addresses[key] === undefined) {
      // One read serves all who wait.
      this.reading ??= this.read().finally(() => {
        this.reading = undefined;
      });
      await this.reading;
    }
    const address = this.addresses[key];
    const separator =
      typeof address === 'string' ? address.lastIndexOf(':') : -1;
    if (typeof address !== 'string' || separator < 0) {
      throw new Error(`no address of the service ${key} is known`);
    }
    return {
      host: address.slice(0, separator),
      port: address.slice(separator + 1),
    };
  }

  forget() {
    this.isStale = true;
  }

  private async read(): Promise<void> {
    const content: unknown = JSON.parse(await readFile(this.path, 'utf8'));
    this.addresses =
      typeof content === 'object' && content !== null ? { ...content } : {};
    this.isStale = false;
  }
}
