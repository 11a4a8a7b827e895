import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { loadConfig } from '../config.js';

const folder = mkdtempSync(join(tmpdir(), 'anchor-key-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fileWith = (text: string): string => {
  const path = join(folder, `${String(Math.random()).slice(2)}.pem`);
  writeFileSync(path, text);
  return path;
};
const pem = (key: { export(options: { type: 'pkcs8'; format: 'pem' }): string | Buffer }): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const configured = (path: string) => loadConfig({ KAFKA_BROKERS: 'localhost:1', DATABASE_URL: 'postgres://localhost/x', AUDIT_ANCHOR_KEY_FILE: path }).AUDIT_ANCHOR_KEY_FILE;

describe('AUDIT_ANCHOR_KEY_FILE', () => {
  it('is the path of an Ed25519 key', () => {
    expect(configured(fileWith(pem(generateKeyPairSync('ed25519').privateKey)))?.asymmetricKeyType).toBe('ed25519');
  });

  it.each([
    ['a file that is not there', () => join(folder, 'none.pem'), 'cannot be read: ENOENT'],
    ['what is no key', () => fileWith('only-a-secret-text'), 'holds no private key'],
    ['a key of another kind', () => fileWith(pem(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey)), 'another kind (ec)'],
    ['a public key', () => fileWith(generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString()), 'holds no private key'],
  ])('is refused at the start with %s, and without its content', (_what, make, problem) => {
    const start = (): unknown => configured(make());
    expect(start).toThrow(problem);
    expect(start).toThrow('AUDIT_ANCHOR_KEY_FILE');
    expect(start).not.toThrow('only-a-secret-text');
  });
});
