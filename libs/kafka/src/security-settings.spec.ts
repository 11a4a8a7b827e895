import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { securityOf, securityProblems } from './security-settings.js';
import type { KafkaSecurityEnv } from './security-settings.js';

const folder = mkdtempSync(join(tmpdir(), 'ratchet-security-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

const scram: KafkaSecurityEnv = { KAFKA_SSL: true, KAFKA_SASL_MECHANISM: 'scram-sha-256', KAFKA_SASL_USERNAME: 'u', KAFKA_SASL_PASSWORD: 'p' };
const oauth: KafkaSecurityEnv = { KAFKA_SSL: true, KAFKA_SASL_MECHANISM: 'oauthbearer', KAFKA_SASL_OAUTH_TOKEN_ENDPOINT: 'https://t/token', KAFKA_SASL_OAUTH_CLIENT_ID: 'c', KAFKA_SASL_OAUTH_CLIENT_SECRET: 's' };

describe('securityProblems', () => {
  it.each<[string, KafkaSecurityEnv]>([
    ['nothing', {}],
    ['TLS alone', { KAFKA_SSL: true }],
    ['a client certificate', { KAFKA_SSL: true, KAFKA_SSL_CERT: '/c', KAFKA_SSL_KEY: '/k' }],
    ['a password', scram],
    ['a token endpoint', oauth],
    ['a provider of tokens', { KAFKA_SASL_MECHANISM: 'oauthbearer', KAFKA_SASL_OAUTH_PROVIDER: '/p.mjs' }],
  ])('finds none in %s', (_, env) => {
    expect(securityProblems(env)).toEqual([]);
  });

  it.each<[string, KafkaSecurityEnv, string, RegExp]>([
    ['an authority without TLS', { KAFKA_SSL: false, KAFKA_SSL_CA: '/ca' }, 'KAFKA_SSL_CA', /set KAFKA_SSL=true/],
    ['a certificate without its key', { KAFKA_SSL: true, KAFKA_SSL_CERT: '/c' }, 'KAFKA_SSL_KEY', /is missing/],
    ['a key without its certificate', { KAFKA_SSL: true, KAFKA_SSL_KEY: '/k' }, 'KAFKA_SSL_CERT', /is missing/],
    ['a password without a mechanism', { KAFKA_SASL_PASSWORD: 'p' }, 'KAFKA_SASL_PASSWORD', /set KAFKA_SASL_MECHANISM/],
    ['a mechanism that nobody knows', { ...scram, KAFKA_SASL_MECHANISM: 'gssapi' }, 'KAFKA_SASL_MECHANISM', /must be one of/],
    ['no user', { ...scram, KAFKA_SASL_USERNAME: undefined }, 'KAFKA_SASL_USERNAME', /is missing/],
    ['no password', { ...scram, KAFKA_SASL_PASSWORD: undefined }, 'KAFKA_SASL_PASSWORD', /KAFKA_SASL_PASSWORD or KAFKA_SASL_PASSWORD_FILE/],
    ['two passwords', { ...scram, KAFKA_SASL_PASSWORD_FILE: '/p' }, 'KAFKA_SASL_PASSWORD_FILE', /not both/],
    ['tokens for a password', { ...scram, KAFKA_SASL_OAUTH_SCOPE: 'x' }, 'KAFKA_SASL_OAUTH_SCOPE', /oauthbearer/],
    ['a password for tokens', { ...oauth, KAFKA_SASL_PASSWORD: 'p' }, 'KAFKA_SASL_PASSWORD', /is for plain and scram/],
    ['no source of tokens', { KAFKA_SASL_MECHANISM: 'oauthbearer' }, 'KAFKA_SASL_OAUTH_TOKEN_ENDPOINT', /KAFKA_SASL_OAUTH_TOKEN_ENDPOINT or KAFKA_SASL_OAUTH_PROVIDER/],
    ['two sources of tokens', { ...oauth, KAFKA_SASL_OAUTH_PROVIDER: '/p.mjs' }, 'KAFKA_SASL_OAUTH_PROVIDER', /not both/],
    ['an endpoint that is no URL', { ...oauth, KAFKA_SASL_OAUTH_TOKEN_ENDPOINT: 'issuer' }, 'KAFKA_SASL_OAUTH_TOKEN_ENDPOINT', /must be a URL/],
    ['an endpoint without a client', { ...oauth, KAFKA_SASL_OAUTH_CLIENT_ID: undefined }, 'KAFKA_SASL_OAUTH_CLIENT_ID', /is missing/],
    ['a client without an endpoint', { KAFKA_SASL_MECHANISM: 'oauthbearer', KAFKA_SASL_OAUTH_PROVIDER: '/p.mjs', KAFKA_SASL_OAUTH_CLIENT_ID: 'c' }, 'KAFKA_SASL_OAUTH_CLIENT_ID', /is for KAFKA_SASL_OAUTH_TOKEN_ENDPOINT/],
  ])('names the variable and what to set for %s', (_, env, variable, message) => {
    expect(securityProblems(env)).toEqual([{ variable, message: expect.stringMatching(message) }]);
  });
});

describe('securityOf', () => {
  it('reads a password file at each connection, without the line end', () => {
    const path = file('password', 'first\n');
    const { sasl } = securityOf({ ...scram, KAFKA_SASL_PASSWORD: undefined, KAFKA_SASL_PASSWORD_FILE: path });
    const password = (): unknown => (sasl as { password: () => string }).password();
    expect(password()).toBe('first');
    file('password', 'second');
    expect(password()).toBe('second');
  });

  it.each<[string, () => KafkaSecurityEnv, RegExp]>([
    ['a file that is not there', () => ({ KAFKA_SSL: true, KAFKA_SSL_CA: join(folder, 'secret-place') }), /^KAFKA_SSL_CA: the file cannot be read \(ENOENT\)$/],
    ['a file that is not PEM', () => ({ KAFKA_SSL: true, KAFKA_SSL_CA: file('der', 'secret-place') }), /^KAFKA_SSL_CA: the file must be PEM/],
    ['a key that is damaged', () => ({ KAFKA_SSL: true, KAFKA_SSL_CERT: file('c', '-----BEGIN CERTIFICATE-----\nsecret-place'), KAFKA_SSL_KEY: file('k', '-----BEGIN PRIVATE KEY-----\nsecret-place') }), /are not usable together/],
    ['an empty password file', () => ({ ...scram, KAFKA_SASL_PASSWORD: undefined, KAFKA_SASL_PASSWORD_FILE: file('empty', '\n') }), /KAFKA_SASL_PASSWORD_FILE: the file is empty/],
    ['a provider that is not there', () => ({ KAFKA_SASL_MECHANISM: 'oauthbearer', KAFKA_SASL_OAUTH_PROVIDER: join(folder, 'secret-place') }), /KAFKA_SASL_OAUTH_PROVIDER: the module cannot be read/],
  ])('refuses %s by its variable, without a value', (_, env, message) => {
    const read = (): unknown => securityOf(env());
    expect(read).toThrow(expect.objectContaining({ code: 'bad_configuration', message: expect.stringMatching(message) }));
    expect(read).not.toThrow(/secret-place/);
  });
});
