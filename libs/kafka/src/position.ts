/** What a committed position says beyond its offset: from where the open state can be computed again, and the stream time. */
export interface PositionMetadata {
  readonly replayFrom: bigint;
  readonly streamTimeMs: number;
}

/** Kafka refuses more than `offset.metadata.max.bytes` (4,096 by default); we stay far below. */
export const METADATA_BYTES_MAX = 512;

export const encodePosition = ({ replayFrom, streamTimeMs }: PositionMetadata): string => JSON.stringify({ v: 1, from: String(replayFrom), time: streamTimeMs });

/** Undefined where the metadata is not ours: a group whose positions were set by hand. */
export const decodePosition = (metadata: string | null | undefined): PositionMetadata | undefined => {
  if (!metadata) return undefined;
  try {
    const { v, from, time } = JSON.parse(metadata) as { v?: unknown; from?: unknown; time?: unknown };
    if (v !== 1 || typeof from !== 'string' || !/^\d+$/.test(from) || typeof time !== 'number') return undefined;
    return { replayFrom: BigInt(from), streamTimeMs: time };
  } catch {
    return undefined;
  }
};
