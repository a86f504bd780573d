import type {
  Activity,
  Publication,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import type request from 'supertest';
import { testKrt } from './startApi';

/** Long enough for a slow machine, short enough to end. */
const WITHIN_MILLIS = 20_000;

async function expectStatus(
  status: number,
  sent: PromiseLike<{ status: number; body: unknown }>,
) {
  const answer = await sent;
  expect([answer.status, answer.body]).toEqual([status, answer.body]);
  return answer;
}

async function until<T>(
  read: () => Promise<T>,
  holds: (value: T) => boolean,
): Promise<T> {
  const deadline = Date.now() + WITHIN_MILLIS;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > deadline) {
      throw new Error(`it never came to that: ${JSON.stringify(value)}`);
    }
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

const condition = (version: Version, type: string) =>
  version.conditions.find(candidate => candidate.type === type);

/** What people do with a runtime through the API, and how they wait for what comes of it. */
export function lifecycleCalls(
  api: () => ReturnType<typeof request.agent>,
  runtime: string,
) {
  const base = `/api/konstellation/runtimes/${runtime}`;
  const post = (target: string, body: object) => api().post(target).send(body);

  const path = (version: string, rest = '') =>
    `${base}/versions/${version}${rest}`;
  const command = (version: string, verb: string, body: object = {}) =>
    post(path(version, `/${verb}`), { comment: verb, ...body });
  const get = async (version: string): Promise<Version> =>
    (await api().get(path(version))).body;
  const configure = (version: string, value: string, body: object = {}) =>
    api()
      .put(path(version, '/configuration'))
      .send({
        values: { CURRENCY: value },
        comment: `now ${value}`,
        ...body,
      });
  const publications = async (): Promise<Publication[]> =>
    (await api().get(`${base}/publications`)).body.items;
  const activities = async (): Promise<Activity[]> =>
    (await api().get(`${base}/activities`)).body.items;
  const remove = (target: string) => api().delete(`${target}?comment=away`);

  async function upload(version: string, solution?: string) {
    await expectStatus(
      201,
      api()
        .post(`${base}/versions${solution ? `?solution=${solution}` : ''}`)
        .set('content-type', 'application/gzip')
        .send(await testKrt(version)),
    );
  }

  const untilStatus = (version: string, status: Version['status']) =>
    until(
      () => get(version),
      ({ status: now }) => now === status,
    );

  async function started(version: string, solution?: string) {
    await upload(version, solution);
    await expectStatus(200, configure(version, 'CAD'));
    await expectStatus(202, command(version, 'start'));
    return untilStatus(version, 'STARTED');
  }

  async function published(version: string) {
    await started(version);
    await expectStatus(202, command(version, 'publish'));
    return untilStatus(version, 'PUBLISHED');
  }

  return {
    post,
    path,
    command,
    get,
    configure,
    publications,
    activities,
    remove,
    expectStatus,
    upload,
    until,
    untilStatus,
    condition,
    started,
    published,
  };
}
