import { mockServices } from '@backstage/backend-test-utils';
import type { JsonObject } from '@backstage/types';
import { readConfig } from './readConfig';

const readAll = (konstellation: JsonObject) =>
  readConfig(mockServices.rootConfig({ data: { konstellation } }));
const read = (serviceRoles: Record<string, string>) =>
  readAll({ serviceRoles }).serviceRoles;

describe('readConfig', () => {
  it('takes service subjects of any characters', () => {
    const roles = {
      ci: 'manager',
      'external:github:repo:acme/prices.v2:ref:refs/heads/main': 'viewer',
    };
    expect(read(roles)).toEqual(roles);
  });

  it.each(['links', 'owner', ''])('refuses the service role "%s"', role => {
    expect(() => read({ ci: role })).toThrow(
      `konstellation.serviceRoles.ci is "${role}", it must be viewer, manager or admin`,
    );
  });

  it('takes where packages are and how pods get them', () => {
    const s3 = { bucket: 'packages' };
    expect(readAll({}).packages).toMatchObject({ maxDownloads: 32 });
    expect(readAll({ packages: { s3 } }).packages.s3).toMatchObject({
      bucket: 'packages',
      region: 'us-east-1',
      delivery: 'presigned',
    });
    const more = {
      ...s3,
      delivery: 'portal',
      publicEndpoint: 'http://s3:9000',
    };
    expect(readAll({ packages: { s3: more } }).packages.s3).toMatchObject(more);
  });

  it.each<[JsonObject, string]>([
    [{ maxDownloads: 0 }, 'packages.maxDownloads is 0, it must be a whole'],
    [
      { s3: { bucket: 'b', delivery: 'pigeon' } },
      'packages.s3.delivery is "pigeon", it must be presigned or portal',
    ],
    [
      { s3: { bucket: 'b', publicEndpoint: 's3:9000' } },
      'packages.s3.publicEndpoint is "s3:9000", it must be a URL',
    ],
  ])('refuses packages %j', (packages, message) => {
    expect(() => readAll({ packages })).toThrow(message);
  });

  it('takes where libraries of python come from, in the words of pip', () => {
    expect(readAll({}).python).toEqual({ pip: {}, volumeSize: '4Gi' });
    const python = readAll({
      python: {
        indexUrl: 'https://reader:password@wheels.example.com/simple',
        extraIndexUrls: ['https://a.example.com', 'https://b.example.com'],
        trustedHosts: ['wheels.example.com'],
        noIndex: false,
        proxy: 'http://proxy.example.com:3128',
        volumeSize: '10Gi',
        cacheClaim: 'wheels',
      },
    }).python;
    expect(python).toEqual({
      pip: {
        PIP_INDEX_URL: 'https://reader:password@wheels.example.com/simple',
        PIP_EXTRA_INDEX_URL: 'https://a.example.com https://b.example.com',
        PIP_TRUSTED_HOST: 'wheels.example.com',
        PIP_PROXY: 'http://proxy.example.com:3128',
      },
      volumeSize: '10Gi',
      cacheClaim: 'wheels',
    });
  });

  it.each<[JsonObject, string]>([
    [{ volumeSize: 'much' }, 'python.volumeSize is "much"'],
    [
      { indexUrl: 'ftp://ana:password@wheels' },
      'python.indexUrl must be a URL',
    ],
    [{ extraIndexUrls: ['wheels'] }, 'python.extraIndexUrls[] must be a URL'],
  ])('refuses python %j, and repeats no URL', (python, message) => {
    expect(() => readAll({ python })).toThrow(message);
    expect(() => readAll({ python })).not.toThrow('password');
  });

  it('takes what nodes with a GPU get, and says which part of it cannot be', () => {
    const gpuOf = (gpu: JsonObject) =>
      readConfig(mockServices.rootConfig({ data: { konstellation: { gpu } } }))
        .gpu;
    const gpu = {
      resource: 'amd.com/gpu',
      count: 2,
      nodeSelector: { 'example.com/accelerator': 'mi300' },
      tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoSchedule' }],
    };
    expect(gpuOf(gpu)).toEqual(gpu);
    expect(() => gpuOf({ count: 0 })).toThrow(
      'konstellation.gpu.count: 0 must be a whole number from 1 to 64',
    );
    expect(() => gpuOf({ tolerations: [{ effect: 'Never' }] })).toThrow(
      'konstellation.gpu.tolerations[0].effect is "Never", it must be one of NoSchedule',
    );
  });
});
