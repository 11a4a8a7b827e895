/** What a committed position says beyond its offset: from where the open state can be computed again, and what the log from there on does not tell. */
export interface ResumePoint {
  readonly replayFrom: bigint;
  /** Stream time before the record at `replayFrom`. */
  readonly streamTimeMs: number;
  /** What else the state needs, by name. All of it must fit `METADATA_BYTES_MAX`, whatever the state. */
  readonly marks: Readonly<Record<string, string>>;
}

/** Kafka refuses more than `offset.metadata.max.bytes` (4,096 by default); we stay far below. */
export const METADATA_BYTES_MAX = 512;

/** @throws {RangeError} where the marks do not fit: committing without them would restore another state */
export const encodePosition = ({ replayFrom, streamTimeMs, marks }: ResumePoint): string => {
  const encoded = JSON.stringify({ v: 1, from: String(replayFrom), time: streamTimeMs, ...(Object.keys(marks).length > 0 && { marks }) });
  const bytes = Buffer.byteLength(encoded);
  if (bytes > METADATA_BYTES_MAX) throw new RangeError(`a position takes ${bytes} bytes of metadata, and ${METADATA_BYTES_MAX} is the most: let the task carry fewer marks`);
  return encoded;
};

/** Undefined where the metadata is not ours: a group whose positions were set by hand. */
export const decodePosition = (metadata: string | null | undefined): ResumePoint | undefined => {
  if (!metadata) return undefined;
  try {
    const { v, from, time, marks = {} } = JSON.parse(metadata) as { v?: unknown; from?: unknown; time?: unknown; marks?: unknown };
    if (v !== 1 || typeof from !== 'string' || !/^\d+$/.test(from) || typeof time !== 'number' || marks === null || typeof marks !== 'object') return undefined;
    return { replayFrom: BigInt(from), streamTimeMs: time, marks: marks as Record<string, string> };
  } catch {
    return undefined;
  }
};
