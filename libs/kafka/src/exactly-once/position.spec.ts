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

  it('is refused where the marks do not fit: another state would be restored without them', () => {
    const positionOf = (bytes: number): string => encodePosition({ replayFrom: 1n, streamTimeMs: 1, marks: { cuts: 'x'.repeat(bytes) } });
    const room = METADATA_BYTES_MAX - Buffer.byteLength(positionOf(0));
    expect(Buffer.byteLength(positionOf(room))).toBe(METADATA_BYTES_MAX);
    expect(() => positionOf(room + 1)).toThrow(/513 bytes/);
  });

  it.each([null, '', 'x', '{}', '{"v":2,"from":"1","time":1}', '{"v":1,"from":"-1","time":1}', '{"v":1,"from":1,"time":1}'])('refuses what it did not write: %p', (metadata) => {
    expect(decodePosition(metadata)).toBeUndefined();
  });
});
