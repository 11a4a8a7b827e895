import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { encodeAsKafkajs, encodeRecord } from './record-encoder.js';
import type { RecordToEncode } from './record-encoder.js';

const bytesOf = (encoder: { buf: Buffer; offset: number }): string => encoder.buf.subarray(0, encoder.offset).toString('hex');

/** Numbers from a seed, so that a difference can be had again (a linear congruential generator). */
const numbersFrom = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
};

const ALPHABET = ['a', 'Z', '0', ' ', '"', 'é', 'ß', '語', '😀', '\u0000'];

const contentFrom = (next: (below: number) => number, length: number): Buffer | string => {
  const text = Array.from({ length: next(length) }, () => ALPHABET[next(ALPHABET.length)]).join('');
  return next(3) === 0 ? Buffer.from(text) : text;
};

const recordFrom = (next: (below: number) => number): RecordToEncode => ({
  ...(next(5) > 0 && { offsetDelta: next(100_000) }),
  ...(next(5) > 0 && { timestampDelta: next(4) === 0 ? 5_000_000_000 + next(1_000) : next(70_000) }),
  key: next(4) === 0 ? null : contentFrom(next, 60),
  value: next(6) === 0 ? null : contentFrom(next, next(20) === 0 ? 90_000 : 600),
  ...(next(6) > 0 && { headers: Object.fromEntries(Array.from({ length: next(10) }, (_, i) => [`ce_${i}${ALPHABET[next(8)]}`, next(8) === 0 ? [contentFrom(next, 20), contentFrom(next, 20)] : contentFrom(next, 200)])) }),
});

describe('encodeRecord', () => {
  it('gives what kafkajs gives, to the byte', () => {
    const next = numbersFrom(7);
    const differing = Array.from({ length: 2_000 }, () => recordFrom(next)).filter((record) => bytesOf(encodeRecord(record)) !== bytesOf(encodeAsKafkajs(record)));
    expect(differing).toEqual([]);
  });

  it('keeps records apart that are encoded one after the other', () => {
    const [first, second] = [{ key: 'a', value: 'x'.repeat(500) }, { key: 'b', value: 'y'.repeat(500) }];
    const encoded = encodeRecord(first);
    encodeRecord(second);
    expect(bytesOf(encoded)).toBe(bytesOf(encodeAsKafkajs(first)));
  });

  it('is what kafkajs’ own requests use', async () => {
    const { createKafka } = await import('../connection.js');
    expect(createKafka).toBeDefined();
    const require = createRequire(import.meta.url);
    expect(require('kafkajs/src/protocol/recordBatch/record/v0/index.js')).toBe(encodeRecord);
    expect((encodeRecord({ key: 'a', value: 'b' }) as unknown as { size(): number }).size()).toBe(encodeAsKafkajs({ key: 'a', value: 'b' }).offset);
  });
});
