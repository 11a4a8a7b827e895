import { describe, expect, it } from '@jest/globals';
import { decodePosition, encodePosition, METADATA_BYTES_MAX } from './position.js';

describe('position metadata', () => {
  it('comes back as it was written', () => {
    const position = { replayFrom: 123_456_789_012n, streamTimeMs: 1_763_800_000_123 };
    expect(decodePosition(encodePosition(position))).toEqual(position);
  });

  it('stays within its byte limit for the largest offset there is', () => {
    expect(Buffer.byteLength(encodePosition({ replayFrom: 2n ** 63n - 1n, streamTimeMs: Number.MAX_SAFE_INTEGER }))).toBeLessThanOrEqual(METADATA_BYTES_MAX);
  });

  it.each([null, '', 'x', '{}', '{"v":2,"from":"1","time":1}', '{"v":1,"from":"-1","time":1}', '{"v":1,"from":1,"time":1}'])('refuses what it did not write: %p', (metadata) => {
    expect(decodePosition(metadata)).toBeUndefined();
  });
});
