// Limits, and what every answer says to browsers.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADMIN_TOKEN, bearer, startTestConsole, type TestConsole } from './spec-support/test-console.js';

const env = { SIGN_INS_PER_MINUTE: '3', REQUESTS_PER_MINUTE: '10', PROXIES_IN_FRONT: '1', PUBLIC_URL: 'https://console.test', HSTS_SECONDS: '3600' };
let running: TestConsole;
beforeAll(async () => {
  running = await startTestConsole({ env });
});
afterAll(async () => {
  await running?.stop();
});

const signIn = (token: string, address: string) => running.app.inject({ method: 'POST', url: '/api/session', payload: { token }, headers: { 'x-forwarded-for': `9.9.9.9, ${address}` } });

describe('the limits', () => {
  it('stop guessing by address, whatever address the guesser makes up, and nobody else', async () => {
    for (let n = 0; n < 3; n += 1) expect((await signIn('guess', '1.1.1.1')).statusCode).toBe(401);
    const stopped = await signIn(ADMIN_TOKEN, '1.1.1.1');
    expect(stopped.statusCode).toBe(429);
    expect(stopped.headers['content-type']).toMatch('application/problem+json');
    expect(Number(stopped.headers['retry-after'])).toBeGreaterThan(0);
    expect((await signIn(ADMIN_TOKEN, '2.2.2.2')).statusCode).toBe(200);
  });

  it('stop a caller who asks too often', async () => {
    const statuses = [];
    for (let n = 0; n < 12; n += 1) statuses.push((await running.app.inject({ url: '/api/caller', headers: bearer(ADMIN_TOKEN) })).statusCode);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429, 429]);
  });
});

describe('behind https', () => {
  it('cookies are Secure, and bound to the host', async () => {
    const { cookies } = await signIn(ADMIN_TOKEN, '3.3.3.3');
    expect(cookies.map(({ name, secure }) => [name, secure])).toEqual([['__Host-ratchet_session', true], ['__Host-ratchet_csrf', true]]);
  });

  it.each(['/api/caller', '/api/nothing', '/health/live', '/assets/nothing.js'])('the answer of %s tells browsers what not to do', async (url) => {
    const { headers } = await running.app.inject({ url });
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'same-origin', 'strict-transport-security': 'max-age=3600', 'x-frame-options': 'DENY' });
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });
});
