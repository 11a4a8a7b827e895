/** Start value of 32-bit FNV-1a (Fowler, Noll, Vo; IETF draft-eastlake-fnv), signed: an unsigned one does not fit the engine's integers, and every step would convert. */
export const FNV_OFFSET = 0x811c9dc5 | 0;

// Taken out of the global object once: looking it up for every character is most of the work in some runtimes (Jest's).
const { imul } = Math;

const FNV_PRIME = 0x01000193;

/**
 * Feeds one UTF-16 code unit into a running FNV-1a state. ASCII is one byte; anything else its low, then its high byte,
 * which spares encoding to UTF-8 on the hot path and gives the standard hash for ASCII text.
 */
export function fnvStep(state: number, codeUnit: number): number {
  const low = imul(state ^ (codeUnit & 0xff), FNV_PRIME);
  return codeUnit < 0x80 ? low : imul(low ^ (codeUnit >>> 8), FNV_PRIME);
}

/** The same for what is known to be ASCII. */
export function fnvAsciiStep(state: number, codeUnit: number): number {
  return imul(state ^ codeUnit, FNV_PRIME);
}

/** FNV-1a, 32 bit, as an unsigned integer. */
export function fnv1a(text: string): number {
  let state = FNV_OFFSET;
  for (let i = 0; i < text.length; i += 1) state = fnvStep(state, text.charCodeAt(i));
  return state >>> 0;
}
