import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { isSignedBy, signAnchor } from './anchor-signature.js';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');
const anchor = { cycles: { sequence: 3, hash: 'a'.repeat(64) }, decisions: { sequence: 9, hash: 'b'.repeat(64) }, anchoredAt: '2026-01-01T00:00:00.000Z' };
const signed = { ...anchor, signature: signAnchor(anchor, privateKey) };

describe('the signature of an anchor', () => {
  it('is good for its key, also beside others, whatever order the fields are in', () => {
    expect(isSignedBy(signed, [publicKey])).toBe(true);
    expect(isSignedBy(signed, [other.publicKey, publicKey])).toBe(true);
    expect(isSignedBy({ signature: signed.signature, anchoredAt: anchor.anchoredAt, decisions: anchor.decisions, cycles: anchor.cycles }, [publicKey])).toBe(true);
  });

  it.each([
    ['another key', signed, [other.publicKey]],
    ['no key', signed, []],
    ['no signature', anchor, [publicKey]],
    ['what is no signature', { ...anchor, signature: 'bm9uZQ==' }, [publicKey]],
    ['another moment', { ...signed, anchoredAt: '2026-01-02T00:00:00.000Z' }, [publicKey]],
    ['another head', { ...signed, decisions: { sequence: 8, hash: 'b'.repeat(64) } }, [publicKey]],
    ['heads that changed places', { ...signed, cycles: anchor.decisions, decisions: anchor.cycles }, [publicKey]],
  ])('is no good with %s', (_what, told, keys) => {
    expect(isSignedBy(told, keys)).toBe(false);
  });
});
