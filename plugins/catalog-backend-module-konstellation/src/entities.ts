import {
  ANNOTATION_LOCATION,
  ANNOTATION_ORIGIN_LOCATION,
  parseEntityRef,
  type ApiEntity,
  type ComponentEntity,
  type Entity,
  type EntityMeta,
  type SystemEntity,
} from '@backstage/catalog-model';
import {
  ANNOTATION_RUNTIME,
  ANNOTATION_SOLUTION,
  ANNOTATION_VERSION,
  type Runtime,
  type Solution,
  type Version,
} from '@konstellation/backstage-plugin-konstellation-common';

const API_VERSION = 'backstage.io/v1alpha1';

/** All that entities are made of: everyone who may read the catalog sees them, so ids, owner and links. */
export interface RuntimeSnapshot {
  runtime: Pick<Runtime, 'id' | 'owner'> & {
    solutions: ReadonlyArray<Pick<Solution, 'id' | 'publishedVersion'>>;
  };
  versions: ReadonlyArray<Pick<Version, 'name' | 'solution' | 'status'>>;
  /** Source text of the proto, by solution, of those with a published version. */
  protos: ReadonlyMap<string, string>;
}

/** @returns the owner as the catalog knows owners; what a service created has none there */
function ownerOf(owner: string): string {
  try {
    const { kind } = parseEntityRef(owner, { defaultKind: 'group' });
    return ['user', 'group'].includes(kind.toLowerCase()) ? owner : 'unknown';
  } catch {
    return 'unknown';
  }
}

/** Ids of solutions are unique in their runtime only; the first has the runtime's own. At most 61 characters. */
function apiName(runtime: string, solution: string): string {
  return solution === runtime ? runtime : `${runtime}.${solution}`;
}

/**
 * The entities of one runtime: a System, a Component per version, and an API per solution that has a published version.
 *
 * @param baseUrl - `app.baseUrl`, for links to the pages
 */
export function toEntities(
  snapshot: RuntimeSnapshot,
  options: { baseUrl: string },
): Entity[] {
  const { runtime, versions, protos } = snapshot;
  const owner = ownerOf(runtime.owner);
  const page = `${options.baseUrl.replace(
    /\/+$/,
    '',
  )}/konstellation/runtimes/${encodeURIComponent(runtime.id)}`;

  function metadata(entity: {
    name: string;
    solution?: string;
    version?: string;
  }): EntityMeta {
    const { name, solution, version } = entity;
    const location = `konstellation:${runtime.id}`;
    return {
      name,
      annotations: {
        [ANNOTATION_LOCATION]: location,
        [ANNOTATION_ORIGIN_LOCATION]: location,
        [ANNOTATION_RUNTIME]: runtime.id,
        ...(solution ? { [ANNOTATION_SOLUTION]: solution } : {}),
        ...(version ? { [ANNOTATION_VERSION]: version } : {}),
      },
      links: [
        {
          title: 'Konstellation',
          url: version
            ? `${page}/versions/${encodeURIComponent(version)}`
            : page,
        },
      ],
    };
  }

  const system: SystemEntity = {
    apiVersion: API_VERSION,
    kind: 'System',
    metadata: metadata({ name: runtime.id }),
    spec: { owner },
  };

  const apis = runtime.solutions.flatMap(
    ({ id, publishedVersion }): ApiEntity[] => {
      const definition = protos.get(id);
      if (!publishedVersion || definition === undefined) return [];
      return [
        {
          apiVersion: API_VERSION,
          kind: 'API',
          metadata: metadata({
            name: apiName(runtime.id, id),
            solution: id,
            version: publishedVersion,
          }),
          spec: {
            type: 'grpc',
            lifecycle: 'production',
            owner,
            system: runtime.id,
            definition,
          },
        },
      ];
    },
  );
  const apiNames = new Set(apis.map(api => api.metadata.name));

  const components = versions.map(
    ({ name, solution, status }): ComponentEntity => {
      const published = status === 'PUBLISHED';
      const api = apiName(runtime.id, solution);
      return {
        apiVersion: API_VERSION,
        kind: 'Component',
        metadata: metadata({
          name: `${runtime.id}.${name}`,
          solution,
          version: name,
        }),
        spec: {
          type: 'ml-solution',
          lifecycle: published ? 'production' : 'experimental',
          owner,
          system: runtime.id,
          ...(published && apiNames.has(api) ? { providesApis: [api] } : {}),
        },
      };
    },
  );

  return [system, ...components, ...apis];
}
