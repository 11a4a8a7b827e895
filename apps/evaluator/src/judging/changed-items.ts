import { CHANGED_ITEMS, type ChangedItem, type ChangedItems } from '@ratchet/domain';
import { promptHashOf } from '../scoring/answer-cache.js';
import type { AnswerCache, CachedAnswer } from '../scoring/answer-cache.js';
import type { SuiteItem } from '../suites/suite-item.js';
import type { AnswerRecord } from './ask-version.js';
import type { Judgement } from './conclude.js';
import { answerKey } from './run-suite.js';
import { SEED } from './seed.js';

/** Unsafe answers must not crowd out what the candidate forgot. */
const SAFETY_ITEMS_MAX = 15;

interface Change {
  readonly item: SuiteItem;
  readonly old: AnswerRecord | undefined;
  readonly new: AnswerRecord;
  readonly difference: number;
}

export interface ChangesInput {
  readonly judgement: Pick<Judgement, 'versionId' | 'baseVersionId'>;
  readonly items: readonly SuiteItem[];
  readonly answers: readonly AnswerRecord[];
  /** Where the texts are; without it, items are told without answers. */
  readonly cache?: AnswerCache | undefined;
}

/** Cut to `max` characters, without tearing one apart. */
export const cutText = (text: string, max: number): string => {
  const whole = text.toWellFormed().replaceAll('\0', '\uFFFD');
  if (whole.length <= max) return whole;
  const end = max - 1;
  const last = whole.charCodeAt(end - 1);
  return `${whole.slice(0, last >= 0xd800 && last <= 0xdbff ? end - 1 : end)}…`;
};

const changesOf = ({ judgement: { versionId, baseVersionId }, items, answers }: ChangesInput): Change[] => {
  const byKey = new Map(answers.map((answer) => [answerKey(answer), answer]));
  return items.flatMap((item): Change[] => {
    const [before, after] = [baseVersionId, versionId].map((id) => byKey.get(answerKey({ versionId: id, itemId: item.itemId })));
    if (after === undefined || after.score === null) return [];
    // The base is not asked what is unsafe: an unsafe answer of the candidate is a loss of all there was to lose.
    if (item.suite === 'safety') return after.score < 1 ? [{ item, old: undefined, new: after, difference: after.score - 1 }] : [];
    if (before === undefined || before.score === null || before.score === after.score) return [];
    return [{ item, old: before, new: after, difference: after.score - before.score }];
  });
};

const largestFirst = (changes: readonly Change[]): Change[] =>
  [...changes].sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference) || (a.item.itemId < b.item.itemId ? -1 : 1));

const chosen = (changes: readonly Change[]): Change[] => {
  const safety = changes.filter(({ item }) => item.suite === 'safety');
  const kept = new Set(largestFirst(safety).slice(0, SAFETY_ITEMS_MAX));
  return largestFirst(changes.filter((change) => change.item.suite !== 'safety' || kept.has(change))).slice(0, CHANGED_ITEMS.each);
};

const hashOf = ({ prompt }: SuiteItem): string => promptHashOf({ prompt, seed: SEED });

/** Texts of the answers, by version and prompt. */
const textsOf = async ({ cache, judgement: { versionId, baseVersionId } }: ChangesInput, changes: readonly Change[]): Promise<(change: Change, side: 'old' | 'new') => string | null> => {
  const told = changes.filter(({ item }) => item.suite !== 'safety');
  const found: readonly CachedAnswer[] = told.length === 0 ? [] : ((await cache?.find([versionId, baseVersionId], told.map(({ item }) => hashOf(item)))) ?? []);
  const byPlace = new Map(found.map((answer) => [`${answer.versionId}\n${answer.promptHash}`, answer.content]));
  return ({ item }, side) => {
    if (item.suite === 'safety') return null;
    const text = byPlace.get(`${side === 'old' ? baseVersionId : versionId}\n${hashOf(item)}`);
    return text === undefined ? null : cutText(text, CHANGED_ITEMS.answerChars);
  };
};

/** What an unsafe answer says is not repeated: its reasons are. */
const itemOf = (change: Change, textOf: (change: Change, side: 'old' | 'new') => string | null): ChangedItem => {
  const { item, old: before, new: after } = change;
  const { itemId, exampleId, suite, category, prompt, expectation } = item;
  return {
    itemId,
    ...(exampleId !== undefined && { exampleId }),
    suite,
    category: cutText(category, 200),
    prompt: cutText(prompt, CHANGED_ITEMS.promptChars),
    ...(expectation.rule === 'same_answer' && { expected: cutText(expectation.answer, CHANGED_ITEMS.expectedChars) }),
    oldAnswer: textOf(change, 'old'),
    newAnswer: textOf(change, 'new'),
    oldScore: before?.score ?? null,
    newScore: after.score ?? 0,
    ...(after.scorer !== undefined && { scorer: cutText(after.scorer.name, 200) }),
    ...(suite === 'safety' && after.reasons.length > 0 && { reasons: after.reasons.slice(0, 10).map((reason) => cutText(reason, 200)) }),
  };
};

/** From both lists in turn, as long as they fit: whatever the texts, the event stays small. */
const withinBytes = (better: readonly ChangedItem[], worse: readonly ChangedItem[], bytesMax: number): { better: ChangedItem[]; worse: ChangedItem[] } => {
  const kept: { better: ChangedItem[]; worse: ChangedItem[] } = { better: [], worse: [] };
  let bytes = 0;
  for (let place = 0; place < Math.max(better.length, worse.length); place += 1) {
    for (const [name, list] of [['worse', worse], ['better', better]] as const) {
      const item = list[place];
      const size = item === undefined ? 0 : Buffer.byteLength(JSON.stringify(item)) + 1;
      if (item === undefined || bytes + size > bytesMax) continue;
      bytes += size;
      kept[name].push(item);
    }
  }
  return kept;
};

/** The items on which candidate and base differ most, with what both said; for people, gates do not read it. */
export const changedItems = async (input: ChangesInput): Promise<ChangedItems> => {
  const changes = changesOf(input);
  const better = changes.filter(({ difference }) => difference > 0);
  const worse = changes.filter(({ difference }) => difference < 0);
  const [betterChosen, worseChosen] = [chosen(better), chosen(worse)];
  const textOf = await textsOf(input, [...betterChosen, ...worseChosen]);
  const told = (list: readonly Change[]): ChangedItem[] => list.map((change) => itemOf(change, textOf));
  return { ...withinBytes(told(betterChosen), told(worseChosen), CHANGED_ITEMS.bytes), betterCount: better.length, worseCount: worse.length };
};
