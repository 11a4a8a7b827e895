import { describe, expect, it } from '@jest/globals';
import { inRequests } from './record.js';
import type { ProducedRecord } from './record.js';

const record = (topic: string, value: string): ProducedRecord => ({ topic, key: 'k', value, headers: {} });
const valuesOf = (requests: ReturnType<typeof inRequests>): string[][] => requests.map((request) => request.flatMap(({ topic, messages }) => messages.map(({ value }) => `${topic}${String(value)[0]}`)));

describe('inRequests', () => {
  it('groups by topic and keeps the order within a topic', () => {
    expect(valuesOf(inRequests([record('a', '1'), record('b', '2'), record('a', '3')]))).toEqual([['a1', 'a3', 'b2']]);
  });

  it('begins another request before one grows too large, and never splits or drops a record', () => {
    const records = ['1', '2', '3', '4'].map((value) => record('a', value.repeat(100)));
    expect(valuesOf(inRequests(records, 300))).toEqual([['a1', 'a2'], ['a3', 'a4']]);
    expect(valuesOf(inRequests(records, 50))).toEqual([['a1'], ['a2'], ['a3'], ['a4']]);
  });

  it('counts bytes, not characters, and headers too', () => {
    const wide = [record('a', 'ü'.repeat(100)), record('a', '2')];
    expect(inRequests(wide, 250)).toHaveLength(2);
    const headed = [{ ...record('a', '1'), headers: { reason: 'x'.repeat(200) } }, record('a', '2')];
    expect(inRequests(headed, 250)).toHaveLength(2);
  });

  it('makes no request of nothing', () => {
    expect(inRequests([])).toEqual([]);
  });
});
