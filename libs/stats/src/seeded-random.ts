// Under Jest, a global is looked up through the sandbox each time, which costs simulations most of their time.
const { imul } = Math;

/**
 * A deterministic stream of numbers in [0, 1) for resampling: the same seed gives the same stream on every machine.
 *
 * Source: the mulberry32 generator (Tommy Ettinger, public domain).
 */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
