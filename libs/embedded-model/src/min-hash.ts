const { imul } = Math;

const mix = (value: number, seed: number): number => {
  let x = imul(value ^ seed, 0x85ebca6b);
  x = imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
};

/** Hashes (32-bit FNV-1a) of all runs of `length` UTF-16 units of a text, each once; none for a shorter text. */
export function gramHashes(text: string, length: number): Set<number> {
  const grams = new Set<number>();
  for (let start = 0; start + length <= text.length; start += 1) {
    let hash = 0x811c9dc5;
    for (let i = start; i < start + length; i += 1) hash = imul(hash ^ text.charCodeAt(i), 0x01000193);
    grams.add(hash >>> 0);
  }
  return grams;
}

/**
 * MinHash (Broder 1997, "On the resemblance and containment of documents"): the smallest of the n-grams under each of `size` hashes. Two
 * sets that share a part s of all their n-grams agree in a part s of these, on average. All bits are set for an empty set.
 */
export function minHash(grams: ReadonlySet<number>, size: number): Uint32Array {
  const seeds = Uint32Array.from({ length: size }, (_, i) => mix(i + 1, 0x9e3779b9));
  const least = new Uint32Array(size).fill(0xffffffff);
  for (const gram of grams) {
    for (let i = 0; i < size; i += 1) {
      const hash = mix(gram, seeds[i] as number);
      if (hash < (least[i] as number)) least[i] = hash;
    }
  }
  return least;
}
