/** Uniform numbers in [0, 1), the same for the same seed: mulberry32 (Tommy Ettinger, public domain). */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** `size` of the numbers 0 to `count - 1`, ascending, each set as likely as any other. */
export const sampleOf = ({ count, size, random }: { count: number; size: number; random: () => number }): number[] => {
  const all = Array.from({ length: count }, (_, i) => i);
  if (size >= count) return all;
  for (let i = 0; i < size; i += 1) {
    const j = i + Math.floor(random() * (count - i));
    const held = all[i] ?? 0;
    all[i] = all[j] ?? 0;
    all[j] = held;
  }
  return all.slice(0, size).sort((a, b) => a - b);
};
