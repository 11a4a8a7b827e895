/** What of a partition of dead letters has been replayed: everything below `next`, and single records above it. */
export interface ReplayPosition {
  readonly next: bigint;
  readonly singles: readonly bigint[];
}

export const NOTHING_REPLAYED: ReplayPosition = { next: 0n, singles: [] };

/** Kafka takes 4,096 bytes of metadata beside a position. */
const METADATA_BYTES_MAX = 4_000;

export const isReplayed = ({ next, singles }: ReplayPosition, offset: bigint): boolean => offset < next || singles.includes(offset);

/** From a committed offset and its metadata; what is not ours counts as nothing. */
export const decodeReplayPosition = (offset: bigint, metadata: string | undefined): ReplayPosition => {
  const singles = (metadata ?? '').split(',').filter((item) => /^\d+$/.test(item)).map(BigInt);
  return { next: offset, singles };
};

/** The oldest singles are forgotten where there is no room: such a record may be replayed again, which consumers take once. */
export const encodeReplayPosition = ({ next, singles }: ReplayPosition): { offset: bigint; metadata: string } => {
  const kept = [...singles];
  while (kept.join(',').length > METADATA_BYTES_MAX) kept.shift();
  return { offset: next, metadata: kept.join(',') };
};

/**
 * The position after some more records were replayed.
 *
 * @param present all offsets that the partition still holds, ascending; gaps between them are not waited for
 */
export const afterReplay = (position: ReplayPosition, replayed: readonly bigint[], present: readonly bigint[]): ReplayPosition => {
  const done = new Set([...position.singles, ...replayed]);
  let { next } = position;
  for (const offset of present) {
    if (offset < next) continue;
    if (!done.has(offset)) break;
    next = offset + 1n;
  }
  return { next, singles: [...done].filter((offset) => offset >= next).sort((a, b) => (a < b ? -1 : 1)) };
};
