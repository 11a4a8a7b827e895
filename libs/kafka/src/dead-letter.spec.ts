import { describe, expect, it } from '@jest/globals';
import { toDeadLetter } from './dead-letter.js';

describe('toDeadLetter', () => {
  it('keeps the original bytes and says where they stood and what was wrong', () => {
    const record = { topic: 'ratchet.signals.v1', partition: 3, offset: 42n, timestampMs: 1, key: Buffer.from('c1'), value: Buffer.from([0xff, 0xfe]), headers: { ce_id: 'e1' } };
    const letter = toDeadLetter({ record, service: 'analyzer', reason: { code: 'not_utf8', message: 'x'.repeat(5_000) }, nowMs: 0 });
    expect(letter.topic).toBe('ratchet.signals.v1.analyzer.dlq');
    expect(letter.value).toBe(record.value);
    expect(letter.key).toBe(record.key);
    expect(letter.headers).toMatchObject({ ce_id: 'e1', ratchet_dlq_code: 'not_utf8', ratchet_dlq_partition: '3', ratchet_dlq_offset: '42', ratchet_dlq_time: '1970-01-01T00:00:00.000Z' });
    expect(String(letter.headers['ratchet_dlq_message']).length).toBe(2_000);
  });
});
