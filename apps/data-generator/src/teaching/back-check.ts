import type { AsksTeacher } from './teacher.js';
import { fitLesson } from './shapes.js';

export interface Pair {
  readonly input: string;
  readonly output: string;
}

export interface BackChecked<Item> {
  readonly item: Item;
  /** `unchecked` where the teacher could not be asked. */
  readonly verdict: 'fits' | 'does_not_fit' | 'unchecked';
  readonly confidence: number;
  readonly contentHash: string | undefined;
}

/** Pairs in one question: more, and a model loses the count. */
const PAIRS_MAX = 10;

/** Asks whether each answer still fits its request: what was reworded may have come to mean something else. */
export const backCheck = async <Item extends Pair>(teacher: AsksTeacher, items: readonly Item[]): Promise<BackChecked<Item>[]> => {
  const checked: BackChecked<Item>[] = [];
  for (let start = 0; start < items.length; start += PAIRS_MAX) {
    const part = items.slice(start, start + PAIRS_MAX);
    const fit = await teacher.ask(fitLesson, { pairs: part.map(({ input, output }) => ({ request: input, answer: output })) });
    checked.push(
      ...part.map((item, i): BackChecked<Item> => {
        const verdict = fit?.value.verdicts[i];
        if (!fit || !verdict) return { item, verdict: 'unchecked', confidence: 0, contentHash: undefined };
        return { item, verdict: verdict.fits ? 'fits' : 'does_not_fit', confidence: verdict.confidence, contentHash: fit.contentHash };
      }),
    );
  }
  return checked;
};
