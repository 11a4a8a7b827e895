/** Conversations fall into so many groups, by a hash of their id. A group is cut as a whole. */
export const GROUPS = 32;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a over the id's UTF-16 units. */
export const groupOf = (conversationId: string): number => {
  let hash = FNV_OFFSET;
  for (let i = 0; i < conversationId.length; i += 1) hash = Math.imul(hash ^ conversationId.charCodeAt(i), FNV_PRIME);
  // The low bits of short, similar ids are the least mixed.
  return ((hash ^ (hash >>> 15)) >>> 0) % GROUPS;
};

/**
 * Where conversations were settled for want of room or for their age, while they were still active. One offset a group says it all:
 * the group's records below it belong to settled parts. Cutting one conversation alone would have to be remembered by its id, and there
 * is no bound to how many that may be; these fit the metadata of a position whatever happens.
 */
export class Cuts {
  readonly #fromOffset: number[] = new Array<number>(GROUPS).fill(0);
  #last = 0;

  /** @param encoded what `encode` gave, or undefined for none; parts that cannot be read are left out */
  static decode(encoded: string | undefined, replayFrom: number): Cuts {
    const cuts = new Cuts();
    for (const entry of (encoded ?? '').split(',')) {
      const [group, delta] = entry.split(':').map((digits) => Number.parseInt(digits, 36));
      if (group !== undefined && delta !== undefined && group < GROUPS && delta > 0) cuts.cut(group, replayFrom + delta);
    }
    return cuts;
  }

  cut(group: number, fromOffset: number): void {
    this.#fromOffset[group] = fromOffset;
    this.#last = Math.max(this.#last, fromOffset);
  }

  /** Whether the record belongs to a settled part; asked of each record, and nearly always answered without a look at the id. */
  isBefore(conversationId: string, offset: number): boolean {
    return offset < this.#last && offset < (this.#fromOffset[groupOf(conversationId)] as number);
  }

  /** Those that a replay from `replayFrom` must know: `group:delta` in base 36, at most 350 characters for a replay of 78 thousand million records. */
  encode(replayFrom: number): string {
    return this.#fromOffset.flatMap((from, group) => (from > replayFrom ? [`${group.toString(36)}:${(from - replayFrom).toString(36)}`] : [])).join(',');
  }
}
