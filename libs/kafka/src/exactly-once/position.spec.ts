import { describe, expect, it } from '@jest/globals';
import { decodePosition, encodePosition, METADATA_BYTES_MAX } from './position.js';

describe('position metadata', () => {
  it('comes back as it was written', () => {
    const position = { replayFrom: 123_456_789_012n, streamTimeMs: 1_763_800_000_123, marks: { c1: '17' } };
    expect(decodePosition(encodePosition(position))).toEqual(position);
  });

  it('stays within its byte limit for the largest offset there is', () => {
    expect(Buffer.byteLength(encodePosition({ replayFrom: 2n ** 63n - 1n, streamTimeMs: Number.MAX_SAFE_INTEGER, marks: {} }))).toBeLessThanOrEqual(METADATA_BYTES_MAX);
  });

  it('gives up the oldest marks where there is not room for all', () => {
    const marks = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`conversation-${i}`, '123456789']));
    const encoded = encodePosition({ replayFrom: 1n, streamTimeMs: 1, marks });
    expect(Buffer.byteLength(encoded)).toBeLessThanOrEqual(METADATA_BYTES_MAX);
    const kept = Object.keys(decodePosition(encoded)?.marks ?? {});
    expect(kept.at(-1)).toBe('conversation-39');
    expect(kept).not.toContain('conversation-0');
  });

  it.each([null, '', 'x', '{}', '{"v":2,"from":"1","time":1}', '{"v":1,"from":"-1","time":1}', '{"v":1,"from":1,"time":1}'])('refuses what it did not write: %p', (metadata) => {
    expect(decodePosition(metadata)).toBeUndefined();
  });
});
