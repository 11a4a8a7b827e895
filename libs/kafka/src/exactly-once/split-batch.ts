import type { ConsumedRecord } from '../record.js';

const sizeOf = ({ key, value }: ConsumedRecord): number => (key?.length ?? 0) + (value?.length ?? 0);

/**
 * Cuts a fetched batch into parts of at most `bytesMax` of keys and values, each a transaction of its own: what was compressed on
 * its way may be many times as large in memory. A record that is larger makes a part alone.
 */
export const splitBatch = (records: readonly ConsumedRecord[], bytesMax: number): ConsumedRecord[][] => {
  const parts: ConsumedRecord[][] = [];
  let bytes = Infinity;
  for (const record of records) {
    const size = sizeOf(record);
    if (bytes + size > bytesMax) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(record);
    bytes += size;
  }
  return parts;
};
