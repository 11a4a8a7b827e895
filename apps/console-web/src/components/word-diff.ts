export interface DiffPart {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** More cells than this are not compared: the texts are then shown as replaced. */
const CELLS_MAX = 400_000;

/** Words and the gaps between them, so that joining them gives the text again. */
export const wordsOf = (text: string): string[] => text.match(/\s+|[^\s]+/gu) ?? [];

const push = (parts: DiffPart[], kind: DiffPart['kind'], text: string): void => {
  const last = parts.at(-1);
  if (last?.kind === kind) parts[parts.length - 1] = { kind, text: last.text + text };
  else parts.push({ kind, text });
};

/** Lengths of the longest common subsequence of what follows, a row for each old word. */
const commonLengths = (before: readonly string[], after: readonly string[]): Uint32Array[] => {
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i -= 1) {
    const [row, below] = [lengths[i] as Uint32Array, lengths[i + 1] as Uint32Array];
    for (let j = after.length - 1; j >= 0; j -= 1) row[j] = before[i] === after[j] ? (below[j + 1] as number) + 1 : Math.max(below[j] as number, row[j + 1] as number);
  }
  return lengths;
};

/** What was taken out and put in, word by word, with the fewest changes. `same` and `removed` give the old text, `same` and `added` the new one. */
export const wordDiff = (before: string, after: string): DiffPart[] => {
  const [old, now] = [wordsOf(before), wordsOf(after)];
  const parts: DiffPart[] = [];
  if (old.length * now.length > CELLS_MAX) {
    push(parts, 'removed', before);
    push(parts, 'added', after);
    return parts;
  }
  const lengths = commonLengths(old, now);
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    const [down, right] = [lengths[i + 1]?.[j] ?? -1, lengths[i]?.[j + 1] ?? -1];
    if (i < old.length && j < now.length && old[i] === now[j]) {
      push(parts, 'same', old[i] as string);
      i += 1;
      j += 1;
    } else if (i < old.length && (j === now.length || down >= right)) {
      push(parts, 'removed', old[i] as string);
      i += 1;
    } else {
      push(parts, 'added', now[j] as string);
      j += 1;
    }
  }
  return parts;
};
