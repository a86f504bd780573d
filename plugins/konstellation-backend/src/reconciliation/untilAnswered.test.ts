import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { untilAnswered } from './untilAnswered';

const OURS = 'release-b';

type Answer = (response: ServerResponse) => void;

const by =
  (release: string): Answer =>
  response =>
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ release }));
const refuse: Answer = response => response.writeHead(503).end();
const nothing: Answer = () => undefined;

describe('untilAnswered', () => {
  const server = createServer();
  let answers: Answer[];
  let asked: number;
  let url: string;

  beforeAll(async () => {
    server.on('request', (_request, response) => {
      const at = Math.min(asked++, answers.length - 1);
      answers[at]?.(response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    url = `http://127.0.0.1:${port}`;
  });

  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  async function ask(release: string | undefined, ...given: Answer[]) {
    answers = given;
    asked = 0;
    return untilAnswered(async () => ({ url, headers: {} }), release);
  }

  it('asks until the release answers', async () => {
    expect(await ask(OURS, refuse, by('release-a'), by(OURS))).toBe(true);
    expect(asked).toBe(3);
  });

  it('is not held up by a call that leads nowhere', async () => {
    const begun = Date.now();
    expect(await ask(OURS, nothing, by(OURS))).toBe(true);
    expect(Date.now() - begun).toBeLessThan(2_000);
  });

  it('asks until nobody answers', async () => {
    expect(await ask(undefined, by('release-a'), refuse)).toBe(true);
    expect(asked).toBe(2);
  });

  it('does not take a slow answer for nobody', async () => {
    const slowly: Answer = response => {
      setTimeout(() => by('release-a')(response), 300);
    };
    expect(await ask(undefined, slowly, slowly, slowly, refuse)).toBe(true);
    expect(asked).toBe(4);
  });

  it('takes who is never answered for not let in', async () => {
    expect(await ask(undefined, nothing)).toBe(true);
  });

  it('gives up when somebody else goes on answering', async () => {
    expect(await ask(OURS, by('release-a'))).toBe(false);
  });

  it('takes an address that is not there for nobody', async () => {
    expect(await untilAnswered(async () => undefined, undefined)).toBe(true);
  });
});
