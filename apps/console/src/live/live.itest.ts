// The stream of changes over real HTTP, against a real PostgreSQL.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { interval, map } from 'rxjs';
import { ADMIN_TOKEN, bearer, browserOf, startTestConsole, type TestConsole } from '../access/spec-support/test-console.js';
import { noteChange } from './change-feed.js';
import { LiveFeed } from './live-feed.js';

let running: TestConsole;
let url: string;

beforeAll(async () => {
  running = await startTestConsole({ env: { LIVE_ALIVE_EVERY_MS: '200' } });
  Object.assign(running.app.get(LiveFeed), { rates: () => interval(10_000).pipe(map(() => ({ interactions: 0, feedback: 0, signals: 0, failures: 0 }))) });
  await running.app.listen(0, '127.0.0.1');
  url = await running.app.getUrl();
});
afterAll(async () => {
  await running?.stop();
});

interface Stream {
  /** What came so far. */
  text(): string;
  readonly ended: Promise<void>;
}

const listen = async (headers: Record<string, string>): Promise<Stream> => {
  const response = await fetch(`${url}/api/live`, { headers });
  expect(response.headers.get('content-type')).toMatch('text/event-stream');
  let text = '';
  const read = async (): Promise<void> => {
    for await (const chunk of response.body!) text += Buffer.from(chunk).toString();
  };
  return { text: () => text, ended: read() };
};
const changedIn = (stream: Stream): string[] => [...stream.text().matchAll(/event: changed\n(?:id: \d+\n)?data: (.*)/gu)].flatMap(([, data]) => JSON.parse(data ?? '[]') as string[]);
const until = async (holds: () => boolean): Promise<void> => {
  const end = Date.now() + 5_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error('it did not come');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

describe('the stream of changes', () => {
  it('tells what changed, once for many changes, and ends with the session', async () => {
    const browser = browserOf(await running.app.inject({ method: 'POST', url: '/api/session', payload: { token: ADMIN_TOKEN } }));
    const stream = await listen(browser);
    await until(() => stream.text().includes('event: alive'));
    await running.database.transaction(async (tx) => {
      noteChange(tx, 'failures');
      noteChange(tx, 'failures');
      noteChange(tx, 'audit');
    });
    await until(() => changedIn(stream).length > 1);
    expect(changedIn(stream).sort()).toEqual(['audit', 'failures']);
    await running.app.inject({ method: 'DELETE', url: '/api/session', headers: browser });
    await stream.ended;
  });

  it('ends when its token is revoked', async () => {
    const made = await running.app.inject({ method: 'POST', url: '/api/access/tokens', headers: bearer(ADMIN_TOKEN), payload: { label: 'l', role: 'viewer', readOnly: true, days: 1 } });
    const { token, tokenId } = made.json() as { token: string; tokenId: string };
    const stream = await listen(bearer(token));
    await until(() => (stream.text().match(/event: alive/gu) ?? []).length > 2);
    await running.app.inject({ method: 'DELETE', url: `/api/access/tokens/${tokenId}`, headers: bearer(ADMIN_TOKEN) });
    await stream.ended;
  });

  it('is not for strangers', async () => {
    expect((await fetch(`${url}/api/live`)).status).toBe(401);
  });
});
