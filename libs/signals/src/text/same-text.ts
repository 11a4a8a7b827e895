const SPACE = 0x20;
/** Each ASCII character as it is compared: letters in lower case, digits, and a space for everything between words. */
const compared = Uint8Array.from({ length: 128 }, (_, code) => (/[A-Za-z0-9]/u.test(String.fromCharCode(code)) ? String.fromCharCode(code).toLowerCase().charCodeAt(0) : SPACE));

const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim();

/** True, or false, where ASCII decides before another character comes. */
const sameByAscii = (a: string, b: string): boolean | undefined => {
  let i = 0;
  let j = 0;
  // The last thing compared on each side; at the beginning, as after a word's end, what separates words is skipped.
  let between = true;
  for (;;) {
    const [iBefore, jBefore] = [i, j];
    for (; i < a.length; i += 1) {
      const code = a.charCodeAt(i);
      if (code >= 0x80) return undefined;
      if (compared[code] !== SPACE) break;
    }
    for (; j < b.length; j += 1) {
      const code = b.charCodeAt(j);
      if (code >= 0x80) return undefined;
      if (compared[code] !== SPACE) break;
    }
    const atEnd = i === a.length || j === b.length;
    if (atEnd) return i === a.length && j === b.length;
    if (!between && i > iBefore !== j > jBefore) return false;
    if (compared[a.charCodeAt(i)] !== compared[b.charCodeAt(j)]) return false;
    between = false;
    i += 1;
    j += 1;
  }
};

/** Whether two messages are the same but for case and punctuation. */
export const isSameText = (a: string, b: string): boolean => a === b || (Math.abs(a.length - b.length) < 12 && (sameByAscii(a, b) ?? plain(a) === plain(b)));
