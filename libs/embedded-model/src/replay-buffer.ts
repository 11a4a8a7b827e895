import { type Random, shuffled } from './random.js';
import { normalizeText } from './text.js';

/** An example kept for later trainings. */
export interface ReplayEntry {
  readonly text: string;
  readonly classIndex: number;
}

interface ClassReservoir {
  /** How many examples of the class were ever offered. */
  seen: number;
  readonly entries: ReplayEntry[];
}

/**
 * A bounded memory of past examples: for each class a uniform sample of everything offered so far (reservoir sampling, Vitter 1985,
 * algorithm R), so that a class of 10 examples is not drowned by one of 10,000.
 */
export class ReplayBuffer {
  readonly perClass: number;
  private readonly reservoirs = new Map<number, ClassReservoir>();

  constructor(perClass: number) {
    this.perClass = perClass;
  }

  static restore({ perClass, seen, entries }: { perClass: number; seen: readonly (readonly [number, number])[]; entries: readonly ReplayEntry[] }): ReplayBuffer {
    const buffer = new ReplayBuffer(perClass);
    for (const [classIndex, count] of seen) buffer.reservoirs.set(classIndex, { seen: count, entries: [] });
    for (const entry of entries) buffer.reservoirFor(entry.classIndex).entries.push(entry);
    return buffer;
  }

  /** How many examples of each class were offered, `[class, count]` in order of class. */
  seen(): [number, number][] {
    return [...this.reservoirs].map(([classIndex, { seen }]): [number, number] => [classIndex, seen]).sort((a, b) => a[0] - b[0]);
  }

  /** Everything kept, in order of class. */
  entries(): ReplayEntry[] {
    return [...this.reservoirs].sort((a, b) => a[0] - b[0]).flatMap(([, { entries }]) => entries);
  }

  clone(perClass: number = this.perClass): ReplayBuffer {
    const copy = new ReplayBuffer(perClass);
    for (const [classIndex, { seen, entries }] of this.reservoirs) copy.reservoirs.set(classIndex, { seen, entries: entries.slice(0, perClass) });
    return copy;
  }

  offer(entry: ReplayEntry, random: Random): void {
    const reservoir = this.reservoirFor(entry.classIndex);
    reservoir.seen += 1;
    if (reservoir.entries.length < this.perClass) {
      reservoir.entries.push(entry);
      return;
    }
    const place = Math.floor(random() * reservoir.seen);
    if (place < this.perClass) reservoir.entries[place] = entry;
  }

  /**
   * Forgets entries whose text is now taught another answer: replaying them would fight the correction. Returns how many each class
   * lost.
   */
  dropContradicted(classByText: ReadonlyMap<string, number>): Map<number, number> {
    const lost = new Map<number, number>();
    for (const [classIndex, reservoir] of this.reservoirs) {
      const kept = reservoir.entries.filter((entry) => (classByText.get(normalizeText(entry.text)) ?? entry.classIndex) === entry.classIndex);
      if (kept.length < reservoir.entries.length) lost.set(classIndex, reservoir.entries.length - kept.length);
      reservoir.entries.splice(0, reservoir.entries.length, ...kept);
    }
    return lost;
  }

  private reservoirFor(classIndex: number): ClassReservoir {
    const known = this.reservoirs.get(classIndex);
    if (known !== undefined) return known;
    const fresh: ClassReservoir = { seen: 0, entries: [] };
    this.reservoirs.set(classIndex, fresh);
    return fresh;
  }
}

/**
 * Draws `count` items evenly over the classes, without repeating one before all of its class were drawn. With fewer items than
 * `count` they come round again, so that the wanted ratio to the new examples holds.
 */
export function drawBalanced<T extends { readonly classIndex: number }>({ items, count, random }: { items: readonly T[]; count: number; random: Random }): T[] {
  if (items.length === 0) return [];
  const byClass = new Map<number, T[]>();
  for (const item of items) {
    const list = byClass.get(item.classIndex);
    if (list === undefined) byClass.set(item.classIndex, [item]);
    else list.push(item);
  }
  const queues = shuffled([...byClass.values()], random).map((list) => shuffled(list, random));
  const drawn: T[] = [];
  for (let round = 0; drawn.length < count; round += 1) {
    for (const queue of queues) {
      if (drawn.length === count) break;
      drawn.push(queue[round % queue.length] as T);
    }
  }
  return drawn;
}
