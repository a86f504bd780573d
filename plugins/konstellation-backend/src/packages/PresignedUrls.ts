import type { S3Client } from '@aws-sdk/client-s3';
import type { SignatureV4 } from '@smithy/signature-v4';

/** Seconds within which a download has to begin; one that has begun goes on. */
const VALID_SECONDS = 300;

/** URLs that give one object to whoever has them, for some minutes. */
export class PresignedUrls {
  private constructor(
    private readonly sdk: typeof import('@aws-sdk/client-s3'),
    private readonly protocols: typeof import('@smithy/core/protocols'),
    private readonly signer: SignatureV4,
    private readonly client: S3Client,
    private readonly bucket: string,
  ) {}

  /** @param client - speaks to the address the URLs are to have */
  static async create(
    client: S3Client,
    bucket: string,
  ): Promise<PresignedUrls> {
    const [sdk, protocols, { SignatureV4 }] = await Promise.all([
      import('@aws-sdk/client-s3'),
      import('@smithy/core/protocols'),
      import('@smithy/signature-v4'),
    ]);
    const { credentials, region, sha256 } = client.config;
    const signer = new SignatureV4({
      credentials,
      region,
      sha256,
      service: 's3',
      // Unlike other services S3 signs paths as they are.
      uriEscapePath: false,
      applyChecksum: false,
    });
    return new PresignedUrls(sdk, protocols, signer, client, bucket);
  }

  /** URL of a GET of that object, of ranges of it too. Nothing is asked of the store. */
  async of(key: string): Promise<string> {
    const command = new this.sdk.GetObjectCommand({
      Bucket: this.bucket,
      Key: key,
    });
    let url: string | undefined;
    // The client makes the request, with host and path as the store has them; it is signed here and not sent.
    command.middlewareStack.add(
      () => async args => {
        url = await this.#sign(args.request);
        return { response: undefined, output: { $metadata: {} } };
      },
      { step: 'finalizeRequest', priority: 'high' },
    );
    await this.client.send(command);
    if (url === undefined) throw new Error('the URL was not signed');
    return url;
  }

  async #sign(request: unknown): Promise<string> {
    const { HttpRequest } = this.protocols;
    if (!HttpRequest.isInstance(request)) {
      throw new Error('the AWS SDK has made no HTTP request');
    }
    const { protocol, hostname, port, path } = request;
    const host = port === undefined ? hostname : `${hostname}:${port}`;
    const unsigned = new HttpRequest({
      method: 'GET',
      protocol,
      hostname,
      port,
      path,
      headers: { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
    });
    const { query } = await this.signer.presign(unsigned, {
      expiresIn: VALID_SECONDS,
    });
    const url = new URL(`${protocol}//${host}${path}`);
    for (const [name, value] of Object.entries(query ?? {})) {
      url.searchParams.set(name, String(value));
    }
    return url.href;
  }
}
