import { describe, expect, it } from '@jest/globals';
import { interactionFailed } from '@ratchet/domain';
import { loadConfig } from '../config.js';
import { StoredTexts } from './stored-texts.js';

const env = { KAFKA_BROKERS: 'localhost:9092', DATABASE_URL: 'postgres://localhost/ratchet' };
const texts = (change: Record<string, string> = {}): StoredTexts => new StoredTexts(loadConfig({ ...env, ...change }).redaction);
const failed = interactionFailed.schema.parse({
  interactionId: 'i', conversationId: 'c', model: 'm', workload: 'w', version: 'v', query: 'My card 4111 1111 1111 1111, mail jo (at) example (dot) org', response: 'I wrote to jo@example.org.',
  correction: 'Call +49 30 901820', probability: 1, severity: 1, signals: [], startedAt: '2026-01-01T00:00:00Z', closedAt: '2026-01-01T00:00:00Z',
});

describe('StoredTexts', () => {
  it('redacts by default, in every text of a failure', () => {
    expect(texts().failure(failed)).toMatchObject({ query: 'My card [card], mail [email]', response: 'I wrote to [email].', correction: 'Call [phone]' });
  });

  it("keeps the product's own addresses where they are named", () => {
    expect(texts({ REDACT_KEEP: 'help@shop.example, @fernlight.example' }).text('help@shop.example a@fernlight.example jo@example.org')).toBe('help@shop.example a@fernlight.example [email]');
  });

  it('redacts what it is told to, and nothing else', () => {
    expect(texts({ REDACT: 'card' }).text('jo@example.org 4111 1111 1111 1111')).toBe('jo@example.org [card]');
    expect(texts({ REDACT: 'none' }).text('4111 1111 1111 1111')).toBe('4111 1111 1111 1111');
    expect(() => texts({ REDACT: 'names' })).toThrow('REDACT');
  });

  it('makes of every text one that a database takes', () => {
    expect(texts().text('half \ud800 and zero \u0000')).toBe('half \ufffd and zero \ufffd');
  });

  it('leaves order numbers and dates', () => {
    expect(texts().text('order 4711-0815-2342 of 12.05.2026, ticket 4111 1111 1111 1112')).toBe('order 4711-0815-2342 of 12.05.2026, ticket 4111 1111 1111 1112');
  });
});
