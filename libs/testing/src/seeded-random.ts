/** Whole numbers and choices that a seed repeats. */
export interface SeededRandom {
  /** In [0, 1). */
  next(): number;
  /** From `least` up to and with `most`. */
  between(least: number, most: number): number;
  pick<T>(items: readonly T[]): T;
  /** A generator of its own, so that one part's draws do not move another's. */
  fork(): SeededRandom;
}

/** Mulberry32: small, and good enough to choose what a test does next. */
export const seededRandom = (seed: number): SeededRandom => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    between,
    pick: (items) => {
      const item = items[between(0, items.length - 1)];
      if (item === undefined) throw new RangeError('nothing to pick from');
      return item;
    },
    fork: () => seededRandom(Math.floor(next() * 4_294_967_296)),
  };
};
