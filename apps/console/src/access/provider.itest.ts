// Sign-in at an OpenID Connect provider: a real one on this machine, and the console's server on a real PostgreSQL.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { accessEventsBefore } from './access-events.repository.js';
import { browserOf, startTestConsole, type TestConsole } from './spec-support/test-console.js';
import { startTestProvider, type TestProvider, walkThrough } from './spec-support/test-provider.js';

const redirectUrl = 'http://127.0.0.1:9/api/sign-in/callback';
const client = { clientId: 'ratchet', clientSecret: 'the-secret-of-the-client-0123456789' };
let provider: TestProvider;
let running: TestConsole;

beforeAll(async () => {
  provider = await startTestProvider({ ...client, redirectUrl });
  running = await startTestConsole({
    env: {
      OIDC_ISSUER: provider.issuer, OIDC_CLIENT_ID: client.clientId, OIDC_CLIENT_SECRET: client.clientSecret, OIDC_REDIRECT_URL: redirectUrl,
      OIDC_SCOPES: 'openid email groups', OIDC_ROLES: '{"support": "reviewer", "on-call": "operator"}',
    },
  });
});
afterAll(async () => {
  await running?.stop();
  await provider?.stop();
});
beforeEach(() => {
  provider.people.set('u1', { email: 'ada@example.com', groups: ['support', 'everybody'] });
  provider.current = 'u1';
});

const leave = async (to = '/reviews'): Promise<{ location: string; cookie: string }> => {
  const answer = await running.app.inject({ url: `/api/sign-in/provider?to=${encodeURIComponent(to)}` });
  expect(answer.statusCode).toBe(303);
  return { location: String(answer.headers.location), cookie: browserOf(answer).cookie };
};
const arrive = (search: string, cookie: string) => running.app.inject({ url: `/api/sign-in/callback${search}`, headers: { cookie } });
const signIn = async (to?: string) => {
  const { location, cookie } = await leave(to);
  const { search } = await walkThrough(location, redirectUrl);
  return arrive(search, cookie);
};
const caller = async (answer: Awaited<ReturnType<typeof signIn>>) => (await running.app.inject({ url: '/api/caller', headers: browserOf(answer) })).json() as object;
const lastRefusal = async () => (await accessEventsBefore(running.database, { limit: 10 })).find(({ kind }) => kind === 'sign_in_refused');

describe('sign-in at a provider', () => {
  it('asks by code with PKCE, state and nonce', async () => {
    const asked = new URL((await leave()).location).searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({ response_type: 'code', code_challenge_method: 'S256', code_challenge: expect.any(String), state: expect.any(String), nonce: expect.any(String) });
  });

  it('gives the highest role that the provider’s groups map to, and the page that was asked for', async () => {
    const answer = await signIn('/reviews?state=waiting');
    expect(answer.headers.location).toBe('/reviews?state=waiting');
    expect(await caller(answer)).toEqual({ name: 'ada@example.com', role: 'reviewer', via: 'session', readOnly: false });
    provider.people.set('u1', { email: 'ada@example.com', groups: ['on-call', 'support'] });
    expect(await caller(await signIn())).toMatchObject({ name: 'ada@example.com', role: 'operator' });
    expect(await running.database.query(`select kind, record -> 'before' as before, record #>> '{after,role}' as role from decision_records where record #>> '{after,by}' = 'provider' order by sequence`)).toEqual([
      { kind: 'access.user_added', before: {}, role: 'reviewer' },
      { kind: 'access.role_changed', before: { role: 'reviewer' }, role: 'operator' },
    ]);
  });

  it('refuses who has no role there, and ends what they had', async () => {
    const before = await signIn();
    provider.people.set('u1', { email: 'ada@example.com', groups: ['everybody'] });
    const refused = await signIn();
    expect(refused.headers.location).toBe('/sign-in?problem=role');
    expect(browserOf(refused).cookie).not.toContain('ratchet_session');
    expect(await caller(before)).toMatchObject({ status: 401 });
    expect(await lastRefusal()).toMatchObject({ name: 'ada@example.com', body: { by: 'provider', reason: 'no_role' } });
  });

  it('gives nobody the name of another', async () => {
    await signIn();
    provider.people.set('u2', { email: 'ada@example.com', groups: ['support'] });
    provider.people.set('u3', { email: 'admin', groups: ['support'] });
    provider.current = 'u2';
    expect(await caller(await signIn())).toMatchObject({ name: 'ada@example.com (u2)' });
    provider.current = 'u3';
    expect(await caller(await signIn())).toMatchObject({ name: 'admin (u3)', role: 'reviewer' });
  });

  it('takes an answer only in the browser that left, once, and unchanged', async () => {
    const { location, cookie } = await leave();
    const { search } = await walkThrough(location, redirectUrl);
    expect((await arrive(search, '')).headers.location).toBe('/sign-in?problem=late');
    expect((await arrive(search, (await leave()).cookie)).headers.location).toBe('/sign-in?problem=provider');
    expect((await arrive(search.replace(/code=[^&]+/, 'code=invented'), cookie)).headers.location).toBe('/sign-in?problem=provider');
    expect((await arrive(search, cookie)).headers.location).toBe('/reviews');
    expect((await arrive(search, cookie)).headers.location).toBe('/sign-in?problem=provider');
    expect(await lastRefusal()).toMatchObject({ name: null, body: { reason: 'answer_not_valid' } });
  });

  it.each(['//evil.test', 'https://evil.test', '/\\evil.test', '/a\u0000b', 'javascript:alert(1)'])('sends nobody to %j', async (to) => {
    expect((await signIn(to)).headers.location).toBe('/');
  });
});
