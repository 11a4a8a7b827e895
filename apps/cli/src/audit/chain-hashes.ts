const HASH_BYTES = 32;
/** Partitions are read side by side, so a sequence may come long before those below it; memory for a made-up one is not given. */
const LEAP_MAX = 50_000_000;

/**
 * Which hash stands at which place of a chain, as records, those that follow them, and anchors say: 32 bytes and a bit a record, so that a million
 * need 32 MB. They may come in any order, and more than once.
 */
export class ChainHashes {
  private bytes = Buffer.alloc(1_024 * HASH_BYTES);
  private present = Buffer.alloc(1_024 / 8);
  /** The highest sequence of a record. */
  last = 0;
  /** The highest sequence that anything named. */
  lastNamed = 0;

  /** Whether there is room to believe in the sequence. */
  isNear(sequence: number): boolean {
    return Number.isSafeInteger(sequence) && sequence >= 1 && sequence <= this.lastNamed + LEAP_MAX;
  }

  /** False where another hash was named for this sequence. */
  name(sequence: number, hash: string): boolean {
    const known = this.at(sequence);
    if (known !== undefined) return known === hash;
    while (sequence * HASH_BYTES > this.bytes.length) {
      this.bytes = Buffer.concat([this.bytes, Buffer.alloc(this.bytes.length)]);
      this.present = Buffer.concat([this.present, Buffer.alloc(this.present.length)]);
    }
    this.bytes.write(hash, (sequence - 1) * HASH_BYTES, 'hex');
    this.lastNamed = Math.max(this.lastNamed, sequence);
    return true;
  }

  /** Notes that the record itself was seen. */
  see(sequence: number): void {
    const index = sequence - 1;
    this.present.writeUInt8(this.present.readUInt8(index >> 3) | (1 << (index & 7)), index >> 3);
    this.last = Math.max(this.last, sequence);
  }

  isSeen(sequence: number): boolean {
    const index = sequence - 1;
    return sequence >= 1 && sequence <= this.last && (this.present.readUInt8(index >> 3) & (1 << (index & 7))) !== 0;
  }

  /** Undefined where nothing named one. */
  at(sequence: number): string | undefined {
    if (sequence < 1 || sequence > this.lastNamed) return undefined;
    const hash = this.bytes.subarray((sequence - 1) * HASH_BYTES, sequence * HASH_BYTES);
    return hash.every((byte) => byte === 0) ? undefined : hash.toString('hex');
  }

  /** The first record up to the last that was seen which was not. */
  firstMissing(): number | undefined {
    for (let sequence = 1; sequence < this.last; sequence += 1) if (!this.isSeen(sequence)) return sequence;
    return undefined;
  }
}
