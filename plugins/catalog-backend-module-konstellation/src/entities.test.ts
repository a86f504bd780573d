import {
  apiEntityV1alpha1Validator,
  componentEntityV1alpha1Validator,
  DefaultNamespaceEntityPolicy,
  EntityPolicies,
  FieldFormatEntityPolicy,
  NoForeignRootFieldsEntityPolicy,
  SchemaValidEntityPolicy,
  stringifyEntityRef,
  systemEntityV1alpha1Validator,
} from '@backstage/catalog-model';
import { toEntities, type RuntimeSnapshot } from './entities';

const snapshot: RuntimeSnapshot = {
  runtime: {
    id: 'prices',
    owner: 'user:development/guest',
    solutions: [
      { id: 'prices', publishedVersion: 'price-v2' },
      { id: 'rents', publishedVersion: 'rent-v1' },
      { id: 'yields' },
    ],
  },
  versions: [
    { name: 'price-v2', solution: 'prices', status: 'PUBLISHED' },
    { name: 'price-v1', solution: 'prices', status: 'STARTED' },
    { name: 'rent-v1', solution: 'rents', status: 'PUBLISHED' },
  ],
  protos: new Map([
    ['prices', 'message Price {}'],
    ['rents', 'message Rent {}'],
  ]),
};
const options = { baseUrl: 'https://portal.example.com/' };

function byRef(of: RuntimeSnapshot = snapshot) {
  return new Map(
    toEntities(of, options).map(entity => [stringifyEntityRef(entity), entity]),
  );
}

describe('toEntities', () => {
  it('makes a system, a component per version and an API per published solution', () => {
    expect([...byRef().keys()]).toEqual([
      'system:default/prices',
      'component:default/prices.price-v2',
      'component:default/prices.price-v1',
      'component:default/prices.rent-v1',
      'api:default/prices',
      'api:default/prices.rents',
    ]);
  });

  it('links them to each other and to their pages', () => {
    const entities = byRef();
    expect(entities.get('component:default/prices.price-v2')).toEqual({
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: {
        name: 'prices.price-v2',
        annotations: {
          'backstage.io/managed-by-location': 'konstellation:prices',
          'backstage.io/managed-by-origin-location': 'konstellation:prices',
          'konstellation.io/runtime': 'prices',
          'konstellation.io/solution': 'prices',
          'konstellation.io/version': 'price-v2',
        },
        links: [
          {
            title: 'Konstellation',
            url: 'https://portal.example.com/konstellation/runtimes/prices/versions/price-v2',
          },
        ],
      },
      spec: {
        type: 'ml-solution',
        lifecycle: 'production',
        owner: 'user:development/guest',
        system: 'prices',
        providesApis: ['prices'],
      },
    });
    expect(entities.get('component:default/prices.price-v1')?.spec).toEqual({
      type: 'ml-solution',
      lifecycle: 'experimental',
      owner: 'user:development/guest',
      system: 'prices',
    });
    expect(entities.get('api:default/prices.rents')?.spec).toEqual({
      type: 'grpc',
      lifecycle: 'production',
      owner: 'user:development/guest',
      system: 'prices',
      definition: 'message Rent {}',
    });
    expect(entities.get('system:default/prices')?.metadata.links).toEqual([
      {
        title: 'Konstellation',
        url: 'https://portal.example.com/konstellation/runtimes/prices',
      },
    ]);
  });

  it('owns by nobody what no user and no group owns', () => {
    for (const owner of ['service:ci', 'no ref: at/all', '']) {
      const runtime = { ...snapshot.runtime, owner };
      const system = byRef({ ...snapshot, runtime }).get(
        'system:default/prices',
      );
      expect(system?.spec).toEqual({ owner: 'unknown' });
    }
  });

  it('is what the catalog accepts, also with the longest ids', async () => {
    const id = 'a'.repeat(30);
    const solution = 'b'.repeat(30);
    const version = 'c'.repeat(19);
    const longest = toEntities(
      {
        runtime: {
          id,
          owner: 'group:default/team',
          solutions: [{ id: solution, publishedVersion: version }],
        },
        versions: [{ name: version, solution, status: 'PUBLISHED' }],
        protos: new Map([[solution, 'message Price {}']]),
      },
      options,
    );
    const policy = EntityPolicies.allOf([
      new SchemaValidEntityPolicy(),
      new DefaultNamespaceEntityPolicy(),
      new NoForeignRootFieldsEntityPolicy(),
      new FieldFormatEntityPolicy(),
    ]);
    const validators = [
      systemEntityV1alpha1Validator,
      componentEntityV1alpha1Validator,
      apiEntityV1alpha1Validator,
    ];
    for (const entity of [...toEntities(snapshot, options), ...longest]) {
      await expect(policy.enforce(entity)).resolves.toBeDefined();
      const checks = validators.map(validator => validator.check(entity));
      expect(await Promise.all(checks)).toContain(true);
    }
  });
});
