// What is wrong with a request is told as an RFC 9457 problem, whatever it is.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADMIN_TOKEN, bearer, startTestConsole, type TestConsole } from '../access/spec-support/test-console.js';

let running: TestConsole;

beforeAll(async () => {
  running = await startTestConsole();
});
afterAll(async () => {
  await running?.stop();
});

describe('a request that is refused', () => {
  it.each([
    ['GET', '/api/nothing', 404, undefined],
    ['PUT', '/api/failures', 405, 'GET'],
    ['DELETE', '/api/failures/x', 405, 'GET'],
    ['PATCH', '/api/session', 405, 'POST, DELETE'],
    ['QUERY' as 'GET', '/api/failures', 405, 'GET'],
    ['GET', '/api/failures/x', 404, undefined],
    ['GET', '/api/failures?limit=x', 400, undefined],
  ] as const)('%s %s is a problem of %d', async (method, url, status, allow) => {
    const answer = await running.app.inject({ method, url, headers: bearer(ADMIN_TOKEN) });
    expect([answer.statusCode, answer.headers['allow']]).toEqual([status, allow]);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.json()).toMatchObject({ type: 'about:blank', status, detail: expect.stringMatching(/\S/u) });
  });
});
