/**
 * Small integers for the words that phrases and lists are made of, by word hash: one look per word of a message tells whether it is a
 * stop word, and whether a phrase can begin or go on with it. Open addressing in flat arrays, since this is asked for every word of the log.
 */
export class Vocabulary {
  readonly #slots: Int32Array;
  readonly #hashes: Int32Array;
  readonly #mask: number;
  #size = 0;

  constructor(wordsMax: number) {
    let slots = 64;
    while (slots < 4 * wordsMax) slots *= 2;
    this.#slots = new Int32Array(slots);
    this.#hashes = new Int32Array(slots);
    this.#mask = slots - 1;
  }

  get size(): number {
    return this.#size;
  }

  /** The word's number, from 1; a new one where it has none. */
  add(hash: number): number {
    const slot = this.#slotOf(hash);
    const known = this.#slots[slot] as number;
    if (known !== 0) return known;
    this.#size += 1;
    this.#slots[slot] = this.#size;
    this.#hashes[slot] = hash;
    return this.#size;
  }

  /** 0 for a word that is in none of the lists. */
  idOf(hash: number): number {
    return this.#slots[this.#slotOf(hash)] as number;
  }

  #slotOf(hash: number): number {
    let slot = (hash ^ (hash >>> 15)) & this.#mask;
    while (this.#slots[slot] !== 0 && this.#hashes[slot] !== hash) slot = (slot + 1) & this.#mask;
    return slot;
  }
}
