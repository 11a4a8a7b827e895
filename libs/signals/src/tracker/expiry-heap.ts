const CAPACITY_AT_FIRST = 64;

/**
 * A binary heap by due time; equal times come out in the order they went in. Push and pop are O(log n). Parallel arrays instead of an
 * object an entry: there is an entry for every open conversation.
 */
export class ExpiryHeap<T> {
  readonly #items: T[] = [];
  #dueMs = new Float64Array(CAPACITY_AT_FIRST);
  #sequences = new Float64Array(CAPACITY_AT_FIRST);
  #sequence = 0;

  get size(): number {
    return this.#items.length;
  }

  /** Infinity where nothing is due. */
  get nextDueMs(): number {
    return this.#items.length === 0 ? Number.POSITIVE_INFINITY : (this.#dueMs[0] as number);
  }

  push(item: T, dueMs: number): void {
    const sequence = this.#sequence;
    this.#sequence += 1;
    let index = this.#items.push(item) - 1;
    if (index >= this.#dueMs.length) this.#grow();
    while (index > 0) {
      const parent = (index - 1) >> 1;
      // The new entry has the greatest sequence: among equals it stays below.
      if ((this.#dueMs[parent] as number) <= dueMs) break;
      this.#move(parent, index);
      index = parent;
    }
    this.#put(index, { item, dueMs, sequence });
  }

  pop(): T | undefined {
    const first = this.#items[0];
    const last = this.#items.length - 1;
    const item = this.#items.pop();
    if (item !== undefined && last > 0) this.#sink({ item, dueMs: this.#dueMs[last] as number, sequence: this.#sequences[last] as number });
    return first;
  }

  #sink(entry: { readonly item: T; readonly dueMs: number; readonly sequence: number }): void {
    const size = this.#items.length;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#isBefore(child + 1, this.#dueMs[child] as number, this.#sequences[child] as number)) child += 1;
      if (!this.#isBefore(child, entry.dueMs, entry.sequence)) break;
      this.#move(child, index);
      index = child;
    }
    this.#put(index, entry);
  }

  #isBefore(index: number, dueMs: number, sequence: number): boolean {
    const due = this.#dueMs[index] as number;
    return due < dueMs || (due === dueMs && (this.#sequences[index] as number) < sequence);
  }

  #move(from: number, to: number): void {
    this.#items[to] = this.#items[from] as T;
    this.#dueMs[to] = this.#dueMs[from] as number;
    this.#sequences[to] = this.#sequences[from] as number;
  }

  #put(index: number, { item, dueMs, sequence }: { item: T; dueMs: number; sequence: number }): void {
    this.#items[index] = item;
    this.#dueMs[index] = dueMs;
    this.#sequences[index] = sequence;
  }

  #grow(): void {
    const grown = (old: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(Math.ceil(old.length * 1.5));
      larger.set(old);
      return larger;
    };
    this.#dueMs = grown(this.#dueMs);
    this.#sequences = grown(this.#sequences);
  }
}
