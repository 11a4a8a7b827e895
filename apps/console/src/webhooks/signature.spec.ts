// The expected signatures were made with Python's hmac.
import { describe, expect, it } from '@jest/globals';
import { webhookHeaders } from './signature.js';

const message = { id: '0198f4a2-7c1e-7a30-b2a5-5c0a9a1d4e77', timestampSeconds: 1_767_312_000, body: '{"type":"ratchet.version.promoted","data":{"reason":"grüße ✓"}}' };
const old = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
const young = 'whsec_ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7';
const ofOld = 'v1,jiAOOSlPvKIxghIQY/BggFGCEZn1ZlPgNZqVb5XFPzE=';
const ofYoung = 'v1,IRQQCe8V1Fp82aJ2wKRBfcPLQBUzeWGaYArURPidvPI=';

describe('webhookHeaders', () => {
  it('signs id, time and body as they go out', () => {
    expect(webhookHeaders({ ...message, secrets: [old] })).toEqual({ 'webhook-id': message.id, 'webhook-timestamp': '1767312000', 'webhook-signature': ofOld });
  });

  it('signs with both secrets while one takes the place of the other', () => {
    expect(webhookHeaders({ ...message, secrets: [young, old] })['webhook-signature']).toBe(`${ofYoung} ${ofOld}`);
  });

  it('has no signature where there is no secret', () => {
    expect(webhookHeaders({ ...message, secrets: [] })).toEqual({ 'webhook-id': message.id, 'webhook-timestamp': '1767312000' });
  });
});
