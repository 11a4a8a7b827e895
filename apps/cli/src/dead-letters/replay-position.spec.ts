import { describe, expect, it } from '@jest/globals';
import { afterReplay, decodeReplayPosition, encodeReplayPosition, isReplayed, NOTHING_REPLAYED } from './replay-position.js';

describe('the replay position', () => {
  it('moves over what was replayed from the beginning', () => {
    expect(afterReplay(NOTHING_REPLAYED, [0n, 1n], [0n, 1n, 2n])).toEqual({ next: 2n, singles: [] });
  });

  it('remembers a single record, and joins it when the records before it follow', () => {
    const single = afterReplay(NOTHING_REPLAYED, [2n], [0n, 1n, 2n, 3n]);
    expect([0n, 1n, 2n, 3n].map((offset) => isReplayed(single, offset))).toEqual([false, false, true, false]);
    expect(afterReplay(single, [0n, 1n], [0n, 1n, 2n, 3n])).toEqual({ next: 3n, singles: [] });
  });

  it('does not wait for offsets that the topic does not hold', () => {
    expect(afterReplay(NOTHING_REPLAYED, [3n, 5n], [3n, 5n, 9n])).toEqual({ next: 6n, singles: [] });
  });

  it('does not go back when a record is replayed again', () => {
    expect(afterReplay({ next: 4n, singles: [] }, [1n], [0n, 1n, 2n, 3n, 4n])).toEqual({ next: 4n, singles: [] });
  });

  it('survives being committed', () => {
    const position = { next: 4n, singles: [7n, 9n] };
    const { offset, metadata } = encodeReplayPosition(position);
    expect(decodeReplayPosition(offset, metadata)).toEqual(position);
  });

  it('fits beside a committed offset, whatever was replayed', () => {
    const singles = Array.from({ length: 5_000 }, (_, i) => BigInt(1_000_000 + i));
    const { metadata } = encodeReplayPosition({ next: 0n, singles });
    expect(metadata.length).toBeLessThanOrEqual(4_000);
    expect(metadata.endsWith('1004999')).toBe(true);
  });

  it('knows of no singles in a position that was set by hand', () => {
    expect(decodeReplayPosition(7n, undefined)).toEqual({ next: 7n, singles: [] });
    expect(decodeReplayPosition(7n, 'by hand')).toEqual({ next: 7n, singles: [] });
  });
});
