import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../config.js';

const read = (env: Record<string, string>) => (): unknown => loadConfig({ KAFKA_BROKERS: 'k:1', DATABASE_URL: 'postgres://d', ...env });

describe('the configuration of access', () => {
  it('needs nothing', () => {
    expect(read({})()).toMatchObject({ SESSION_IDLE_MINUTES: 480, SESSION_HOURS: 24, OIDC_ROLES: {}, HSTS_SECONDS: 0 });
  });

  it('names what a provider needs beside its address', () => {
    expect(read({ OIDC_ISSUER: 'https://login.example.com' })).toThrow(/OIDC_CLIENT_ID: is missing[\s\S]*OIDC_REDIRECT_URL: is missing/);
    expect(read({ OIDC_ISSUER: 'https://login.example.com', OIDC_CLIENT_ID: 'c', PUBLIC_URL: 'https://ratchet.example.com' })).not.toThrow();
  });

  it.each<[string, string]>([['FIRST_ADMIN_TOKEN', 'short-secret'], ['FIRST_ADMIN_TOKEN', `with a space ${'x'.repeat(40)}`], ['OIDC_ROLES', '{"secret-group": "emperor"}'], ['PUBLIC_URL', 'javascript:secret'], ['SESSION_HOURS', '0']])('refuses a bad %s without telling it', (name, value) => {
    expect(read({ [name]: value })).toThrow(name);
    expect(read({ [name]: value })).not.toThrow(/short-secret|with a space|emperor|javascript/);
  });
});
