import { randomUUID } from 'node:crypto';
import type {
  Activity,
  Page,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import { testKrt } from '../../__testUtils__/startApi';
import { TOKEN, type Replica } from './Replica';

/** A write is sent again for so long, until an answer comes. */
const ANSWER_WITHIN_MILLIS = 60_000;
const AGAIN_MILLIS = 100;

interface Command {
  method: 'POST' | 'PUT' | 'DELETE';
  path: string;
  /** Unique: the activity of the command is found by it. */
  comment: string;
  body?: object | Buffer;
}

interface Answer {
  status: number;
  body: unknown;
}

/** Answers that say nothing about whether the command took effect. */
function isUndecided({ status, body }: Answer): boolean {
  return (
    status >= 500 ||
    (status === 409 && JSON.stringify(body).includes('is still running'))
  );
}

/** One user at work: sends random commands to whichever replica answers, again until there is an answer. */
export class Driver {
  readonly accepted: string[] = [];
  readonly refused: string[] = [];
  /** How often a command had to be sent again. */
  again = 0;
  #versions = 0;

  constructor(
    readonly runtime: string,
    private readonly replicas: readonly Replica[],
    private readonly random: () => number,
  ) {}

  async create(): Promise<void> {
    await this.#command({
      method: 'POST',
      path: '/runtimes',
      // The comment of a new runtime is its name.
      comment: this.runtime,
      body: { id: this.runtime, name: this.runtime },
    });
    if (this.accepted.length === 0) {
      throw new Error(`the runtime ${this.runtime} was refused`);
    }
  }

  /** Sends one random command. */
  async act(): Promise<void> {
    const versions = await this.versions();
    const version = versions[Math.floor(this.random() * versions.length)];
    if (!version || (versions.length < 4 && this.random() < 0.3)) {
      await this.#upload();
      return;
    }
    const path = `/runtimes/${this.runtime}/versions/${version.name}`;
    const comment = randomUUID();
    const verb = (name: string, more: object = {}): Command => ({
      method: 'POST',
      path: `${path}/${name}`,
      comment,
      body: { comment, ...more },
    });
    const commands: Command[] = [
      verb('start'),
      verb('start', { publishWhenReady: true }),
      verb('stop'),
      verb('publish'),
      verb('publish'),
      verb('unpublish'),
      {
        method: 'PUT',
        path: `${path}/configuration`,
        comment,
        body: { comment, values: { CURRENCY: comment.slice(0, 8) } },
      },
      {
        method: 'POST',
        path: `/runtimes/${this.runtime}/rollback`,
        comment,
        body: { comment },
      },
      { method: 'DELETE', path: `${path}?comment=${comment}`, comment },
    ];
    const command = commands[Math.floor(this.random() * commands.length)];
    if (command) await this.#command(command);
  }

  async #upload(): Promise<void> {
    this.#versions += 1;
    const version = `v${this.#versions}`;
    const description = randomUUID();
    await this.#command({
      method: 'POST',
      path: `/runtimes/${this.runtime}/versions`,
      // The comment of an upload is the description in its manifest.
      comment: description,
      body: await testKrt(version, [], { description }),
    });
  }

  async #command(command: Command): Promise<void> {
    const key = randomUUID();
    const deadline = Date.now() + ANSWER_WITHIN_MILLIS;
    for (;;) {
      const answer = await this.#send(command, key);
      if (answer && !isUndecided(answer)) {
        const list = answer.status < 300 ? this.accepted : this.refused;
        list.push(command.comment);
        return;
      }
      if (Date.now() > deadline) {
        throw new Error(
          `no answer to ${command.method} ${command.path}: ${JSON.stringify(
            answer,
          )}`,
        );
      }
      this.again += 1;
      await new Promise(resolve => setTimeout(resolve, AGAIN_MILLIS));
    }
  }

  /** @returns undefined where the replica did not answer */
  async #send(command: Command, key: string): Promise<Answer | undefined> {
    const { method, path, body } = command;
    const isPackage = Buffer.isBuffer(body);
    try {
      const response = await fetch(this.#anyReplica() + path, {
        method,
        headers: {
          authorization: `Bearer ${TOKEN}`,
          'idempotency-key': key,
          'content-type': isPackage ? 'application/gzip' : 'application/json',
        },
        ...(body === undefined
          ? {}
          : { body: isPackage ? new Uint8Array(body) : JSON.stringify(body) }),
        signal: AbortSignal.timeout(30_000),
      });
      const text = await response.text();
      return {
        status: response.status,
        body: text ? JSON.parse(text) : undefined,
      };
    } catch {
      return undefined;
    }
  }

  #anyReplica(): string {
    const index = Math.floor(this.random() * this.replicas.length);
    return this.replicas[index]?.url ?? '';
  }

  async versions(): Promise<Version[]> {
    const page = await this.read<Page<Version>>(
      `/runtimes/${this.runtime}/versions?limit=200`,
    );
    return page.items;
  }

  async activities(): Promise<Activity[]> {
    const items: Activity[] = [];
    let cursor: string | undefined;
    do {
      const page: Page<Activity> = await this.read(
        `/runtimes/${this.runtime}/activities?limit=200${
          cursor ? `&cursor=${cursor}` : ''
        }`,
      );
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
    return items;
  }

  /** Reads from whichever replica answers. */
  async read<T>(path: string): Promise<T> {
    const deadline = Date.now() + ANSWER_WITHIN_MILLIS;
    let problem = '';
    for (;;) {
      try {
        const response = await fetch(this.#anyReplica() + path, {
          headers: { authorization: `Bearer ${TOKEN}` },
          signal: AbortSignal.timeout(30_000),
        });
        if (response.ok) return await response.json();
        problem = await response.text();
      } catch (error) {
        problem = String(error);
      }
      if (Date.now() > deadline) {
        throw new Error(`no answer to ${path}: ${problem}`);
      }
      await new Promise(resolve => setTimeout(resolve, AGAIN_MILLIS));
    }
  }
}
