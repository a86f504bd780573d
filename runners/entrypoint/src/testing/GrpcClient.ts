import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CallOptions,
  Client,
  ClientDuplexStream,
  credentials,
  Metadata,
  MethodDefinition,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/** A gRPC client of the kind that callers use: grpc-js, with messages made by protobufjs from the proto. */
export class GrpcClient {
  private readonly client: Client;
  private readonly methods: Record<string, MethodDefinition<object, object>>;

  constructor(port: number, proto: string, service: string) {
    const folder = mkdtempSync(path.join(tmpdir(), 'grpc-client-'));
    const file = path.join(folder, 'client.proto');
    writeFileSync(file, proto);
    const definition = loadSync(file, {
      keepCase: true,
      longs: String,
      enums: String,
      oneofs: true,
    })[service];
    rmSync(folder, { recursive: true });
    if (!definition || 'format' in definition) {
      throw new Error(`the proto has no service ${service}`);
    }
    this.methods = definition;
    this.client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  }

  /** The answer and its initial metadata; rejects with the ServiceError. */
  call(
    rpc: string,
    request: object,
    options: CallOptions = {},
  ): Promise<{ answer: object; metadata: Metadata }> {
    const {
      path: url,
      requestSerialize,
      responseDeserialize,
    } = this.methods[rpc];
    return new Promise((resolve, reject) => {
      let metadata = new Metadata();
      const call = this.client.makeUnaryRequest(
        url,
        requestSerialize,
        responseDeserialize,
        request,
        options,
        (error, answer) =>
          error || !answer ? reject(error) : resolve({ answer, metadata }),
      );
      call.on('metadata', received => {
        metadata = received;
      });
    });
  }

  stream(rpc: string): ClientDuplexStream<object, object> {
    const {
      path: url,
      requestSerialize,
      responseDeserialize,
    } = this.methods[rpc];
    return this.client.makeBidiStreamRequest(
      url,
      requestSerialize,
      responseDeserialize,
    );
  }

  close(): void {
    this.client.close();
  }
}
