// Who comes in by which proof, what ends it, and what stays of it: the console's server on a real PostgreSQL.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@ratchet/observability';
import { makeFirstAdmin } from './first-admin.js';
import { accessEventsBefore } from './access-events.repository.js';
import { ADMIN_TOKEN, bearer, browserOf, startTestConsole, type TestConsole } from './spec-support/test-console.js';
import { pruneSessions } from './sessions.repository.js';

const logged: string[] = [];
const note = (...words: unknown[]): void => void logged.push(JSON.stringify(words));
const listening = Object.assign(Object.create(Logger.prototype) as Logger, { debug: note, info: note, warn: note, error: note });
const secrets: string[] = [ADMIN_TOKEN];
const printed: string[] = [];
const write = process.stdout.write.bind(process.stdout);

let running: TestConsole;
const ask = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, { headers = {}, payload }: { headers?: Record<string, string>; payload?: object } = {}) => running.app.inject({ method, url, headers, ...(payload && { payload }) });
const signIn = (token: string, headers: Record<string, string> = {}) => ask('POST', '/api/session', { payload: { token }, headers });
const admin = bearer(ADMIN_TOKEN);
const kinds = async (): Promise<string[]> => (await accessEventsBefore(running.database, { limit: 200 })).map(({ kind }) => kind);

const makeUser = async (name: string, role: string): Promise<string> => (await ask('POST', '/api/access/users', { headers: admin, payload: { name, role } })).json().userId as string;
const makeToken = async (wish: object, headers: Record<string, string> = admin): Promise<{ token: string; tokenId: string }> => {
  const answer = await ask('POST', '/api/access/tokens', { headers, payload: { label: 'test', days: 1, ...wish } });
  const made = answer.json() as { token: string; tokenId: string };
  expect(answer.statusCode).toBe(201);
  secrets.push(made.token);
  return made;
};

beforeAll(async () => {
  process.stdout.write = ((text: string | Uint8Array, ...rest: []) => {
    printed.push(String(text));
    return write(text, ...rest);
  }) as typeof process.stdout.write;
  running = await startTestConsole({ logger: listening });
});
afterAll(async () => {
  process.stdout.write = write;
  await running?.stop();
});

describe('a session', () => {
  it('is told to the browser in cookies that its page cannot read, but for the token against forged requests', async () => {
    const answer = await signIn(ADMIN_TOKEN);
    expect(answer.json()).toEqual({ name: 'admin', role: 'admin', via: 'session', readOnly: false });
    expect(answer.cookies).toEqual([expect.objectContaining({ name: 'ratchet_session', httpOnly: true, sameSite: 'Lax', path: '/' }), expect.objectContaining({ name: 'ratchet_csrf', sameSite: 'Lax' })]);
    expect(answer.cookies[1]).not.toHaveProperty('httpOnly');
    secrets.push(...answer.cookies.map(({ value }) => value));
    const [row] = await running.database.query<{ session_hash: Buffer }>('select session_hash from sessions order by session_id desc limit 1');
    expect(row?.session_hash.toString('base64url')).not.toBe(answer.cookies[0]?.value);
    expect((await ask('GET', '/api/caller', { headers: { cookie: browserOf(answer).cookie } })).statusCode).toBe(200);
  });

  it('changes nothing for a page of another site, or without its token', async () => {
    const { cookie, ...csrf } = browserOf(await signIn(ADMIN_TOKEN));
    const add = async (name: string, headers: Record<string, string>): Promise<number> => (await ask('POST', '/api/access/users', { headers: { cookie, host: 'console.test', ...headers }, payload: { name, role: 'viewer' } })).statusCode;
    expect(await add('f1', {})).toBe(403);
    expect(await add('f2', { 'x-csrf-token': 'guessed' })).toBe(403);
    expect(await add('f3', { ...csrf, 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await add('f4', { ...csrf, 'sec-fetch-site': 'same-site' })).toBe(403);
    expect(await add('f5', { ...csrf, origin: 'https://evil.test' })).toBe(403);
    expect(await add('f6', { ...csrf, origin: 'null' })).toBe(403);
    expect(await add('f7', { ...csrf, origin: 'http://console.test', 'sec-fetch-site': 'same-origin' })).toBe(201);
    expect(await add('f8', csrf)).toBe(201);
    expect((await signIn(ADMIN_TOKEN, { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403);
  });

  it('is another one after each sign-in, and over after signing out', async () => {
    const first = browserOf(await signIn(ADMIN_TOKEN));
    const second = browserOf(await signIn(ADMIN_TOKEN, { cookie: first.cookie }));
    expect((await ask('GET', '/api/caller', { headers: first })).statusCode).toBe(401);
    expect((await ask('DELETE', '/api/session', { headers: second })).statusCode).toBe(200);
    expect((await ask('GET', '/api/caller', { headers: second })).statusCode).toBe(401);
  });

  it.each([['idle', `seen_at = now() - interval '481 minutes'`], ['old', `ends_at = now()`]])('is over when it is too %s', async (_, change) => {
    const browser = browserOf(await signIn(ADMIN_TOKEN));
    await running.database.query(`update sessions set ${change}`);
    expect((await ask('GET', '/api/caller', { headers: browser })).statusCode).toBe(401);
    await pruneSessions(running.database, 480);
    expect(await running.database.query('select 1 from sessions')).toEqual([]);
  });
});

describe('a token', () => {
  it('is kept as a hash alone, and may do no more than its user', async () => {
    const userId = await makeUser('rita', 'reviewer');
    expect((await ask('POST', '/api/access/tokens', { headers: admin, payload: { label: 'x', days: 1, role: 'operator', userId } })).statusCode).toBe(403);
    const { token } = await makeToken({ role: 'reviewer', userId });
    expect((await ask('GET', '/api/caller', { headers: bearer(token) })).json()).toMatchObject({ name: 'rita', role: 'reviewer', via: 'token' });
    expect(JSON.stringify(await running.database.query('select * from access_tokens'))).not.toContain(token);
    expect((await ask('GET', '/api/access/tokens?of=everybody', { headers: bearer(token) })).statusCode).toBe(403);
    // Fewer rights of the user are fewer rights of the token.
    await ask('PATCH', `/api/access/users/${userId}`, { headers: admin, payload: { role: 'viewer', reason: 'left the team' } });
    expect((await ask('GET', '/api/caller', { headers: bearer(token) })).json()).toMatchObject({ role: 'viewer' });
    await ask('PATCH', `/api/access/users/${userId}`, { headers: admin, payload: { disabled: true, reason: 'left' } });
    expect((await ask('GET', '/api/caller', { headers: bearer(token) })).statusCode).toBe(401);
  });

  it('for reading only changes nothing, in a session that began with it, either', async () => {
    const { token } = await makeToken({ role: 'admin', readOnly: true });
    const payload = { name: 'nobody', role: 'viewer' };
    expect((await ask('GET', '/api/access/users', { headers: bearer(token) })).statusCode).toBe(200);
    expect((await ask('POST', '/api/access/users', { headers: bearer(token), payload })).statusCode).toBe(403);
    const browser = browserOf(await signIn(token));
    expect((await ask('POST', '/api/access/users', { headers: browser, payload })).statusCode).toBe(403);
    expect((await ask('DELETE', '/api/session', { headers: browser })).statusCode).toBe(200);
  });

  it('takes the sessions that began with it along when it is revoked, and makes none that outlives it', async () => {
    const { token, tokenId } = await makeToken({ role: 'admin' });
    const child = await ask('POST', '/api/access/tokens', { headers: bearer(token), payload: { label: 'longer', days: 365, role: 'viewer' } });
    expect(Date.parse(child.json().expiresAt as string)).toBeLessThanOrEqual(Date.now() + 86_400_000);
    const browser = browserOf(await signIn(token));
    expect((await ask('DELETE', `/api/access/tokens/${tokenId}`, { headers: admin })).statusCode).toBe(200);
    expect((await ask('GET', '/api/caller', { headers: browser })).statusCode).toBe(401);
    expect((await signIn(token)).statusCode).toBe(401);
  });
});

describe('the first admin', () => {
  it('is made again only where nobody is admin, and gets the configuration’s token once', async () => {
    const { database } = running;
    expect(await makeFirstAdmin(database, { OIDC_ROLES: {} } as never)).toBeUndefined();
    const other = 'another-token-of-the-configuration';
    await makeFirstAdmin(database, { FIRST_ADMIN_TOKEN: other, OIDC_ROLES: {} } as never);
    expect((await ask('GET', '/api/caller', { headers: admin })).statusCode).toBe(401);
    expect((await ask('GET', '/api/caller', { headers: bearer(other) })).statusCode).toBe(200);
    await database.query('update access_tokens set revoked_at = now() where revoked_at is null');
    await makeFirstAdmin(database, { FIRST_ADMIN_TOKEN: other, OIDC_ROLES: {} } as never);
    expect((await ask('GET', '/api/caller', { headers: bearer(other) })).statusCode).toBe(401);
    const made = await makeFirstAdmin(database, { OIDC_ROLES: {} } as never);
    expect((await ask('GET', '/api/caller', { headers: bearer(made ?? '') })).statusCode).toBe(200);
    expect(await makeFirstAdmin(database, { OIDC_ROLES: {} } as never)).toBeUndefined();
  });
});

describe('what stays', () => {
  it('is a line for each sign-in, refusal and change, which nobody can change', async () => {
    await signIn('wrong-token-that-must-not-be-logged');
    secrets.push('wrong-token-that-must-not-be-logged');
    expect(await kinds()).toEqual(expect.arrayContaining(['first_admin_made', 'signed_in', 'signed_out', 'sign_in_refused', 'user_added', 'token_made', 'role_changed', 'user_disabled', 'token_revoked']));
    await expect(running.database.query(`update access_events set name = 'x'`)).rejects.toThrow('append-only');
    await expect(running.database.query('delete from access_events')).rejects.toThrow('append-only');
    await expect(running.database.query('truncate access_events')).rejects.toThrow('append-only');
  });

  it('is no secret: not in the log, not on the screen, not in any row', async () => {
    for (const table of ['users', 'access_tokens', 'sessions', 'access_events']) logged.push(JSON.stringify(await running.database.query(`select * from ${table}`)));
    const all = [...logged, ...printed].join('\n');
    expect(all).toContain('sign_in_refused');
    expect(secrets.length).toBeGreaterThan(5);
    expect(secrets.filter((secret) => all.includes(secret))).toEqual([]);
  });
});
