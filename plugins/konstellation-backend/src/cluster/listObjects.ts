import type {
  KubernetesObject,
  ListOptions,
  ObjectKind,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { ApiServer } from './ApiServer';
import { collectionPath } from './paths';
import { labelSelector } from './selectors';
import { GoneError } from './statusErrors';

/** Objects of one answer, as kubectl asks for them. */
const PAGE = 500;

interface List {
  metadata: { continue?: string };
  /** Without their kind, which the list says. */
  items: KubernetesObject[];
}

/** All objects of a kind, as they are now: read from the store of the cluster, page by page. */
export async function listObjects(
  api: ApiServer,
  kind: ObjectKind,
  options: ListOptions,
): Promise<KubernetesObject[]> {
  const list = (limit?: number, next?: string) =>
    api.call<List>({
      what: `list ${kind.kind}`,
      path: collectionPath(kind, options.namespace),
      query: {
        labelSelector: labelSelector(options.labels),
        limit,
        continue: next,
      },
    });
  const found: KubernetesObject[] = [];
  const take = ({ items }: List) =>
    found.push(...items.map(item => ({ ...item, ...kind })));
  let page = await list(PAGE);
  take(page);
  while (page.metadata.continue) {
    try {
      page = await list(PAGE, page.metadata.continue);
    } catch (error) {
      if (!(error instanceof GoneError)) throw error;
      // Pages are of one moment, which is too long ago now: all at once.
      found.length = 0;
      page = await list();
    }
    take(page);
  }
  return found;
}
