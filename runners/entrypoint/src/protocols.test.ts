import { fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { status } from '@grpc/grpc-js';
import { GrpcClient } from './testing/GrpcClient';
import { TestNode } from './testing/TestNode';
import { TestRelease } from './testing/TestRelease';
import { waitFor } from './testing/waitFor';

const proto = `
syntax = "proto3";
package house;
message Room { string name = 1; int64 size = 2; }
message Request { string type = 1; repeated Room rooms = 2; map<string, double> weights = 3; bytes photo = 4; }
message Response { double price = 1; repeated Room rooms = 2; map<string, double> weights = 3; bytes photo = 4; }
service Prices { rpc Estimate (Request) returns (Response); rpc Missing (Request) returns (Response); }
`;

const healthProto = `
syntax = "proto3";
package grpc.health.v1;
message HealthCheckRequest { string service = 1; }
message HealthCheckResponse { enum Status { UNKNOWN = 0; SERVING = 1; NOT_SERVING = 2; } Status status = 1; }
service Health { rpc Check(HealthCheckRequest) returns (HealthCheckResponse); }
`;

const reflectionProto = (version: string) => `
syntax = "proto3";
package grpc.reflection.${version};
message ServerReflectionRequest {
  oneof message_request { string file_by_filename = 3; string file_containing_symbol = 4; string list_services = 7; }
}
message ServerReflectionResponse {
  oneof message_response {
    FileDescriptorResponse file_descriptor_response = 4;
    ListServiceResponse list_services_response = 6;
    ErrorResponse error_response = 7;
  }
}
message FileDescriptorResponse { repeated bytes file_descriptor_proto = 1; }
message ListServiceResponse { repeated ServiceResponse service = 1; }
message ServiceResponse { string name = 1; }
message ErrorResponse { int32 error_code = 1; string error_message = 2; }
service ServerReflection {
  rpc ServerReflectionInfo(stream ServerReflectionRequest) returns (stream ServerReflectionResponse);
}
`;

jest.setTimeout(30_000);

let node: TestNode;
let release: TestRelease;
let behaviour: (body: string) => string | Promise<string>;
const clients: GrpcClient[] = [];

beforeEach(async () => {
  behaviour = body => body.replace('"type":"flat"', '"price":2.5');
  node = await TestNode.start(({ body }) => behaviour(body));
  release = await TestRelease.start({
    proto,
    workflows: { Estimate: ['model'] },
    nodes: { model: node.url },
  });
  await release.gate('open');
});

afterEach(async () => {
  clients.splice(0).forEach(client => client.close());
  await release.stop();
  await node.stop();
});

function connect(text = proto, service = 'house.Prices'): GrpcClient {
  const client = new GrpcClient(release.ports.public, text, service);
  clients.push(client);
  return client;
}

describe('gRPC', () => {
  it('answers with what the last node returned', async () => {
    const request = {
      type: 'flat',
      rooms: [{ name: 'kitchen', size: '9007199254740993' }],
      weights: { age: 0.5 },
      photo: Buffer.from('hi'),
    };
    const { answer, metadata } = await connect().call('Estimate', request);
    expect(answer).toEqual({
      price: 2.5,
      rooms: [{ name: 'kitchen', size: '9007199254740993' }],
      weights: { age: 0.5 },
      photo: Buffer.from('hi'),
    });
    expect(metadata.get('x-konstellation-release')).toEqual(['release-1']);
  });

  it('carries errors, naming the node', async () => {
    behaviour = () => Promise.reject(new RangeError('no such type: 50 % ü'));
    await expect(connect().call('Estimate', {})).rejects.toMatchObject({
      code: status.INTERNAL,
      details: "node 'model' failed: RangeError: no such type: 50 % ü",
    });
    await expect(connect().call('Missing', {})).rejects.toMatchObject({
      code: status.UNIMPLEMENTED,
      details: "no workflow answers the rpc 'Missing'",
    });
  });

  it('answers at the deadline', async () => {
    behaviour = () => new Promise(() => {});
    const deadline = Date.now() + 300;
    await expect(
      connect().call('Estimate', {}, { deadline }),
    ).rejects.toMatchObject({
      code: status.DEADLINE_EXCEEDED,
    });
  });

  it('is unavailable while the gate is closed', async () => {
    const client = connect();
    await client.call('Estimate', {});
    await release.gate('closed');
    await expect(client.call('Estimate', {})).rejects.toMatchObject({
      code: status.UNAVAILABLE,
      details: "version 'price-v1' is not published",
    });
    await release.gate('open');
    await client.call('Estimate', {});
  });

  it('loses no call while it drains', async () => {
    const client = connect();
    const calls: Array<Promise<unknown>> = [];
    let isEnough = false;
    const calling = (async () => {
      while (!isEnough) {
        const call = client.call('Estimate', { type: 'flat' });
        calls.push(call);
        await call;
      }
    })();
    await waitFor(() => calls.length > 20);
    await release.gate('draining');
    const before = calls.length;
    await waitFor(() => calls.length > before + 20);
    await release.gate('open');
    isEnough = true;
    await calling;
    await expect(Promise.all(calls)).resolves.toHaveLength(calls.length);
  });

  it('tells its health', async () => {
    const client = connect(healthProto, 'grpc.health.v1.Health');
    await waitFor(async () => (await client.call('Check', {})).answer);
    const answers = await waitFor(async () => {
      const { answer } = await client.call('Check', {
        service: 'house.Prices',
      });
      return JSON.stringify(answer).includes('"SERVING"') && answer;
    });
    expect(answers).toEqual({ status: 'SERVING' });
    await expect(
      client.call('Check', { service: 'other' }),
    ).rejects.toMatchObject({ code: status.NOT_FOUND });
  });

  it.each(['v1', 'v1alpha'])(
    'tells its proto (reflection %s)',
    async version => {
      const client = connect(
        reflectionProto(version),
        `grpc.reflection.${version}.ServerReflection`,
      );
      const stream = client.stream('ServerReflectionInfo');
      const answers: object[] = [];
      stream.on('data', answer => answers.push(answer));
      stream.write({ list_services: '' });
      stream.write({ file_containing_symbol: 'house.Prices.Estimate' });
      stream.write({ file_by_filename: 'nope.proto' });
      stream.end();
      await waitFor(() => answers.length === 3);
      expect(answers[0]).toMatchObject({
        list_services_response: { service: [{ name: 'house.Prices' }] },
      });
      expect(answers[1]).toMatchObject({
        message_response: 'file_descriptor_response',
      });
      const [file] = Object.values(answers[1]).flatMap(
        value => value.file_descriptor_proto ?? [],
      );
      expect(fromBinary(FileDescriptorProtoSchema, file)).toMatchObject({
        name: 'public_input.proto',
        package: 'house',
      });
      expect(answers[2]).toMatchObject({ error_response: { error_code: 5 } });
    },
  );
});

describe('gRPC-Web', () => {
  const call = (body: Buffer) =>
    fetch(`${release.publicUrl}/house.Prices/Estimate`, {
      method: 'POST',
      headers: {
        'content-type': 'application/grpc-web+proto',
        'x-grpc-web': '1',
      },
      body: new Uint8Array(body),
    });
  /** The message {type: "flat"} in its frame. */
  const request = Buffer.from([0, 0, 0, 0, 6, 0x0a, 4, ...Buffer.from('flat')]);

  it('answers', async () => {
    const answer = Buffer.from(await (await call(request)).arrayBuffer());
    // price = 2.5, then the trailers.
    expect(answer.subarray(0, 14).toString('hex')).toBe(
      '0000000009090000000000000440',
    );
    expect(answer.subarray(14).toString()).toContain('grpc-status: 0');
  });

  it('is unavailable while the gate is closed', async () => {
    await release.gate('closed');
    const response = await call(request);
    expect(response.headers.get('grpc-status')).toBe('14');
  });
});
