import { testKrt } from '../../../__testUtils__/startApi';
import { ADMIN } from './callers';
import type { Answer, Portal } from './startPortal';

const POLL_MILLIS = 10;
const PATIENCE_MILLIS = 30_000;

/** How far the version of a place is. */
export type Stage = 'configured' | 'started' | 'published' | 'published again';

/** A runtime with a version and a second solution, to call operations on. */
export interface Place {
  runtime: string;
  version: string;
  solution: string;
}

/** Makes runtimes, as an admin. */
export class Places {
  #count = 0;

  constructor(private readonly portal: Portal) {}

  /** An id no runtime has had. */
  newId(): string {
    this.#count += 1;
    return `prices-${this.#count}`;
  }

  async make(owner: string, stage: Stage = 'configured'): Promise<Place> {
    const runtime = this.newId();
    await this.#send('POST', '/runtimes', {
      id: runtime,
      name: runtime,
      owner,
    });
    await this.#send('POST', `/runtimes/${runtime}/solutions`, {
      id: 'rents',
      name: 'Rents',
    });
    const place = { runtime, version: 'v1', solution: 'rents' };
    await this.#prepare(
      place,
      stage === 'published again' ? 'published' : stage,
    );
    if (stage === 'published again') {
      await this.#prepare({ ...place, version: 'v2' }, 'published');
    }
    return place;
  }

  async #prepare(place: Place, stage: Stage): Promise<void> {
    const { runtime, version } = place;
    const path = `/runtimes/${runtime}/versions/${version}`;
    await this.#done(
      await this.portal.send(`/runtimes/${runtime}/versions`, {
        method: 'POST',
        authorization: ADMIN,
        headers: { 'content-type': 'application/gzip' },
        body: new Uint8Array(await testKrt(version)),
      }),
    );
    const comment = 'prepared';
    await this.#send('PUT', `${path}/configuration`, {
      values: { CURRENCY: 'CAD' },
      comment,
    });
    if (stage === 'configured') return;
    await this.#send('POST', `${path}/start`, { comment });
    await this.#until(path, 'STARTED');
    if (stage === 'started') return;
    await this.#send('POST', `${path}/publish`, { comment });
    await this.#until(path, 'PUBLISHED');
  }

  async #until(path: string, wanted: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MILLIS;
    for (;;) {
      const { status, statusMessage } = JSON.parse(
        await this.#send('GET', path),
      );
      if (status === wanted) return;
      if (Date.now() > deadline) {
        throw new Error(
          `${path} is ${status}, not ${wanted}: ${statusMessage}`,
        );
      }
      await new Promise(resolve => setTimeout(resolve, POLL_MILLIS));
    }
  }

  async #send(method: string, path: string, body?: object): Promise<string> {
    return this.#done(
      await this.portal.send(path, {
        method,
        authorization: ADMIN,
        headers: { 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      }),
    );
  }

  #done({ status, text }: Answer): string {
    if (status < 300) return text;
    throw new Error(`${status}: ${text}`);
  }
}
