/** Lower case, compatibility-normalised where needed, white space runs as one space, no space at the ends. */
export function normalizeText(text: string): string {
  // Normalising is slow and does nothing for ASCII, which most traffic is.
  const folded = isAscii(text) ? text : text.normalize('NFKC');
  return folded.toLowerCase().replace(/\s+/gu, ' ').trim();
}

/** Words of a normalised text: runs of letters, digits and marks (apostrophes inside a word are dropped). */
export function wordsOf(normalized: string): string[] {
  return normalized.replace(/['’]/gu, '').match(isAscii(normalized) ? /[a-z0-9]+/gu : /[\p{L}\p{N}\p{M}]+/gu) ?? [];
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
