import { describe, expect, it } from '@jest/globals';
import { toDeadLetter as write } from '@ratchet/kafka';
import type { ConsumedRecord } from '@ratchet/kafka';
import type { DeadLetter } from './dead-letter.js';
import { originalOf, parseDeadLetterTopic, printable, toDeadLetter } from './dead-letter.js';
import { sentOnce } from './replay-dead-letters.js';

const original: ConsumedRecord = {
  topic: 'ratchet.signals.v1', partition: 4, offset: 17n, timestampMs: 1_000, key: Buffer.from('conversation'), value: Buffer.from([0x7b, 0xff, 0x00]),
  headers: { ce_type: Buffer.from('ratchet.signal.detected'), 'x-own': Buffer.from('kept') },
};

/** What the platform writes, as a reader gets it back. */
const stored = (record: ConsumedRecord): ConsumedRecord => {
  const { topic, key, value, headers } = write({ record, service: 'analyzer', reason: { code: 'not_json', message: 'the value is not JSON' }, nowMs: 5_000 });
  const bytes = Object.fromEntries(Object.entries(headers).map(([name, header]) => [name, Buffer.from(String(header))]));
  return { topic, partition: 0, offset: 3n, timestampMs: 5_000, key: key as Buffer | null, value: value as Buffer | null, headers: bytes };
};

describe('a dead letter', () => {
  it('tells where it came from and why', () => {
    expect(toDeadLetter(stored(original))).toMatchObject({ topic: 'ratchet.signals.v1', partition: 4, offset: '17', service: 'analyzer', code: 'not_json', message: 'the value is not JSON' });
  });

  it('goes back as it was: bytes, key and headers, without those of the dead-letter topic', () => {
    const letter = toDeadLetter(stored(original));
    expect(letter && originalOf(letter)).toEqual({ topic: 'ratchet.signals.v1', key: original.key, value: original.value, headers: original.headers });
  });

  it('goes back to its partition where no key leads there', () => {
    const letter = toDeadLetter(stored({ ...original, key: null }));
    expect(letter && originalOf(letter).partition).toBe(4);
  });

  it('goes back once where several services turned the record down', () => {
    const seen = new Set<string>();
    const [letter, other] = [toDeadLetter(stored(original)), toDeadLetter(stored({ ...original, offset: 18n }))] as [DeadLetter, DeadLetter];
    expect(sentOnce([letter, { ...letter, service: 'evaluator' }, other], seen)).toEqual([letter, other]);
    expect(sentOnce([letter], seen)).toEqual([]);
  });

  it('is in no other topic', () => {
    expect(toDeadLetter(original)).toBeUndefined();
    expect(parseDeadLetterTopic('ratchet.interactions.v1.signal-detector.dlq')).toEqual({ topic: 'ratchet.interactions.v1', service: 'signal-detector' });
    expect(parseDeadLetterTopic('orders.dlq')).toBeUndefined();
  });
});

describe('printable', () => {
  it('escapes what would move a terminal, and keeps letters of every language', () => {
    expect(printable(Buffer.from('a\u001b[31m\n\u202eé'), 100)).toBe('a\\u{1b}[31m\\u{a}\\u{202e}é');
  });

  it('cuts long values and says how long they are', () => {
    expect(printable(Buffer.from('x'.repeat(900)), 500)).toBe(`${'x'.repeat(500)}… (900 bytes)`);
    expect(printable(null, 500)).toBe('(no value)');
  });
});
