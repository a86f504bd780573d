import type { Operation } from './openapi';
import type { Place, Stage } from './Places';
import { ADMIN } from './callers';
import { testKrt } from '../../../__testUtils__/startApi';
import type { AuditRecord } from './Sinks';
import type { Answer, Portal } from './startPortal';

/** What the examples of openapi.yaml are not enough for. */
interface Fixture {
  /** How far the version has to be for the operation to succeed. */
  stage?: Stage;
  /** What the caller is shown, where that is not the same for all who are allowed. */
  shows?: (answer: Answer) => 'allowed' | 'filtered' | 'no values';
}

/** There are many runtimes: of those the caller may read, one is on the first page. */
const listsAny: Fixture['shows'] = ({ text }) =>
  text.includes('"id":') ? 'allowed' : 'filtered';

export const FIXTURES: Record<string, Fixture> = {
  listRuntimes: { shows: listsAny },
  listActivities: { shows: listsAny },
  exportActivities: { shows: listsAny },
  listClusters: {
    shows: ({ text }) =>
      JSON.parse(text).items.length > 0 ? 'allowed' : 'filtered',
  },
  getExample: {
    shows: ({ text }) => (JSON.parse(text).available ? 'allowed' : 'filtered'),
  },
  getConfiguration: {
    shows: ({ text }) => (text.includes('CAD') ? 'allowed' : 'no values'),
  },
  stopVersion: { stage: 'started' },
  publishVersion: { stage: 'started' },
  predict: { stage: 'started' },
  unpublishVersion: { stage: 'published' },
  rollback: { stage: 'published again' },
};

const TUS = { 'tus-resumable': '1.0.0' };

function uploadHeaders(runtime: string) {
  return {
    ...TUS,
    'upload-length': '4',
    'upload-metadata': `runtime ${Buffer.from(runtime).toString('base64')}`,
  };
}

interface Upload {
  id: string;
  authorization: string;
}

/** Begins an upload; where the caller may not, it is somebody else's. */
async function beginUpload(
  portal: Portal,
  place: Place,
  caller: string,
): Promise<Upload> {
  const init = { method: 'POST', headers: uploadHeaders(place.runtime) };
  for (const authorization of [caller, ADMIN]) {
    const answer = await portal.send('/uploads', { ...init, authorization });
    const id = idOf(answer);
    if (id) return { id, authorization };
  }
  throw new Error(`no upload could be begun in ${place.runtime}`);
}

function idOf({ headers }: Answer): string | undefined {
  return headers.get('location')?.split('/').pop();
}

/** Nobody may have many under way. */
async function cancelUpload(
  portal: Portal,
  { id, authorization }: Upload,
): Promise<void> {
  await portal.send(`/uploads/${id}`, {
    method: 'DELETE',
    authorization,
    headers: TUS,
  });
}

interface Call {
  place: Place;
  authorization: string;
  /** An id no runtime has. */
  newId: string;
}

function bodyOf(operation: Operation, newId: string): string | undefined {
  switch (operation.id) {
    case 'createRuntime':
    case 'createSolution':
      return JSON.stringify({ id: newId, name: newId });
    case 'updateConfiguration':
    case 'previewConfiguration':
      return JSON.stringify({
        values: { CURRENCY: 'USD' },
        comment: 'Dollars',
      });
    default: {
      const example = operation.body?.content['application/json']?.example;
      return example === undefined ? undefined : JSON.stringify(example);
    }
  }
}

/** Body and headers, which openapi.yaml has no examples for where they are bytes. */
async function contentOf(
  operation: Operation,
  { place, newId }: Call,
): Promise<{ headers: Record<string, string>; body?: BodyInit }> {
  switch (operation.id) {
    case 'uploadVersion':
      return {
        headers: { 'content-type': 'application/gzip' },
        body: new Uint8Array(await testKrt(`of-${newId}`)),
      };
    case 'createUpload':
      return { headers: uploadHeaders(place.runtime) };
    case 'sendUpload':
      return {
        headers: {
          ...TUS,
          'upload-offset': '0',
          'content-type': 'application/offset+octet-stream',
        },
        body: new Uint8Array(4),
      };
    default:
      return {
        headers: { ...TUS, 'content-type': 'application/json' },
        body: bodyOf(operation, newId),
      };
  }
}

function pathOf(operation: Operation, values: Record<string, string>): string {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name) =>
    (values[name] ?? '').split('/').map(encodeURIComponent).join('/'),
  );
  const query = new URLSearchParams();
  for (const { name, in: where, required, example } of operation.parameters) {
    if (where === 'query' && required) query.set(name, String(example));
  }
  return query.size > 0 ? `${path}?${query}` : path;
}

/** Calls an operation with the examples of openapi.yaml, on a place. @returns the answer, and the events of the audit */
export async function callOperation(
  portal: Portal,
  operation: Operation,
  call: Call,
): Promise<{ answer: Answer; audited: AuditRecord[] }> {
  const { place, authorization } = call;
  const upload = operation.path.includes('{upload}')
    ? await beginUpload(portal, place, authorization)
    : undefined;
  const examples = operation.parameters.map(
    ({ name, example }) => [name, String(example)] as const,
  );
  const path = pathOf(operation, {
    ...Object.fromEntries(examples),
    ...place,
    ...(upload && { upload: upload.id }),
  });
  const content = await contentOf(operation, call);
  const seen = portal.sinks.audit.length;
  const answer = await portal.send(path, {
    method: operation.method.toUpperCase(),
    authorization,
    ...content,
  });
  const audited = portal.sinks.audit.slice(seen);
  const id = idOf(answer);
  if (upload) await cancelUpload(portal, upload);
  if (id) await cancelUpload(portal, { id, authorization });
  return { answer, audited };
}
