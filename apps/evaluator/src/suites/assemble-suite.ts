import { createHash } from 'node:crypto';
import { normalizeAnswer, sameAnswer } from '@ratchet/domain';
import { meetsCheck } from '../judging/check-answer.js';
import type { SafetySet } from '../safety/compose-safety-set.js';
import { MADE_BY_MACHINE } from './suite-item.js';
import type { SuiteItem, SuiteRow } from './suite-item.js';

export interface SuiteSources {
  /** Test splits of the cycle's training datasets, oldest dataset first. */
  readonly target: readonly SuiteRow[];
  /** The imported general suite. */
  readonly general: readonly SuiteRow[];
  /** Test splits of the datasets that promoted cycles were trained on, oldest first. */
  readonly fixed: readonly SuiteRow[];
  /** The imported safety suite; the shipped one always runs. */
  readonly importedSafety: readonly SuiteRow[];
  readonly shipped: SafetySet;
  /** Upper bound of target and general items together. */
  readonly maxItems: number;
}

export interface Suite {
  readonly items: readonly SuiteItem[];
  readonly counts: { readonly target: number; readonly general: number; readonly safety: number };
  /** What a person must know to read the verdict. */
  readonly notes: readonly string[];
}

export const OVER_REFUSAL_CATEGORY = 'over_refusal';
/** Shipped items are the same for everyone and easy, so they must not prove a team's own traffic unharmed. */
const OVER_REFUSAL_SHARE_MAX = 0.1;
const TARGET_SHARE_MAX = 0.5;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A question may have to be answered with a fact and in a form: the one does not put the other aside. */
const questionKey = ({ input, check }: SuiteRow): string => `${check?.kind ?? 'text'}:${normalizeAnswer(input)}`;

/** The same question asked twice counts once; the later answer is the truth. */
const latestByInput = (rows: readonly SuiteRow[]): Map<string, SuiteRow> => {
  const byInput = new Map<string, SuiteRow>();
  for (const row of rows) {
    const key = questionKey(row);
    byInput.delete(key);
    byInput.set(key, row);
  }
  return byInput;
};

/** A share of the items that is the same at every call, so that two judgements ask the same questions. */
export const sampleItems = <Item extends { readonly itemId: string }>(items: readonly Item[], max: number): Item[] => {
  if (items.length <= max) return [...items];
  const chosen = new Set(
    items
      .map((item) => ({ item, hash: hashOf(item.itemId) }))
      .sort((a, b) => (a.hash < b.hash ? -1 : 1))
      .slice(0, max)
      .map(({ item }) => item),
  );
  return items.filter((item) => chosen.has(item));
};

const answerItem = ({ row, suite, category, prefix }: { row: SuiteRow; suite: 'target' | 'general'; category: string; prefix: string }): SuiteItem => ({
  itemId: `${prefix}:${row.datasetId}:${row.exampleId}`,
  exampleId: row.exampleId,
  suite,
  category,
  prompt: row.input,
  expectation: row.check ? { rule: 'meets_check', check: row.check } : { rule: 'same_answer', answer: row.output },
  ...(row.scorer && { scorer: row.scorer }),
  ...(row.source && MADE_BY_MACHINE.has(row.source) && { generated: true as const }),
});

const fixedCategory = (row: SuiteRow): string => `fixed:${row.opportunityId ?? row.datasetId}`;

const agrees = (older: SuiteRow, { input, output, check }: SuiteRow): boolean => (check ? meetsCheck(check, { prompt: input, content: older.output }) : sameAnswer(older.output, output));

/** What was repaired later is the truth where an older suite says otherwise. */
const generalItems = ({ general, fixed }: Pick<SuiteSources, 'general' | 'fixed'>): { items: SuiteItem[]; replaced: number } => {
  const imported = latestByInput(general);
  const repaired = latestByInput(fixed);
  let replaced = 0;
  for (const row of repaired.values()) {
    const key = questionKey({ ...row, check: null });
    const older = imported.get(key);
    if (!older) continue;
    const agreed = agrees(older, row);
    if (!agreed) replaced += 1;
    // An answer that meets the check stays a question of its own: it asks for more than the check does.
    if (!agreed || !row.check) imported.delete(key);
  }
  const items = [
    ...[...imported.values()].map((row) => answerItem({ row, suite: 'general', category: row.category ?? 'general', prefix: 'general' })),
    ...[...repaired.values()].map((row) => answerItem({ row, suite: 'general', category: fixedCategory(row), prefix: 'fixed' })),
  ];
  return { items, replaced };
};

const safetyItems = ({ shipped, importedSafety }: Pick<SuiteSources, 'shipped' | 'importedSafety'>): SuiteItem[] => {
  const items = new Map<string, SuiteItem>();
  for (const { promptId, kind, text } of shipped.harmful) {
    items.set(normalizeAnswer(text), { itemId: `safety:${promptId}`, suite: 'safety', category: kind, prompt: text, expectation: { rule: 'safe' } });
  }
  for (const row of importedSafety) {
    const key = normalizeAnswer(row.input);
    if (!items.has(key)) items.set(key, { itemId: `safety:${row.datasetId}:${row.exampleId}`, exampleId: row.exampleId, suite: 'safety', category: row.category ?? 'imported', prompt: row.input, expectation: { rule: 'safe' } });
  }
  return [...items.values()];
};

const contradictions = (target: ReadonlyMap<string, SuiteRow>, general: readonly SuiteItem[]): number =>
  general.filter(({ prompt, expectation }) => {
    const row = target.get(`text:${normalizeAnswer(prompt)}`);
    return row !== undefined && expectation.rule === 'same_answer' && !sameAnswer(row.output, expectation.answer);
  }).length;

/** All that a candidate is asked, in a fixed order, and what is missing or was left out. */
export const assembleSuite = (sources: SuiteSources): Suite => {
  const notes: string[] = [];
  const target = latestByInput(sources.target);
  const allTarget = [...target.values()].map((row) => answerItem({ row, suite: 'target', category: row.category ?? row.opportunityId ?? 'target', prefix: 'target' }));
  const targetItems = sampleItems(allTarget, Math.max(1, Math.floor(sources.maxItems * TARGET_SHARE_MAX)));
  const { items: ownGeneral, replaced } = generalItems(sources);
  // Without a suite of the team's own there is nothing that shipped items could complete.
  const hasSuite = sources.general.length > 0;
  const benign = hasSuite ? sampleItems(sources.shipped.benign.map(({ promptId, text }) => ({ itemId: `general:${promptId}`, text })), Math.floor((ownGeneral.length * OVER_REFUSAL_SHARE_MAX) / (1 - OVER_REFUSAL_SHARE_MAX))) : [];
  const overRefusal = benign.map(({ itemId, text }): SuiteItem => ({ itemId, suite: 'general', category: OVER_REFUSAL_CATEGORY, prompt: text, expectation: { rule: 'not_refused' } }));
  const allGeneral = hasSuite ? [...ownGeneral, ...overRefusal] : [];
  const general = sampleItems(allGeneral, sources.maxItems - targetItems.length);
  const safety = safetyItems(sources);
  const conflicts = contradictions(target, general);

  if (!hasSuite) notes.push('no general suite is imported, so nothing shows what else may have changed: import one with `npx ratchet dataset import`');
  if (allTarget.length === 0) notes.push('the datasets of this cycle have no test examples, so the improvement cannot be measured');
  if (targetItems.length < allTarget.length) notes.push(`${targetItems.length} of ${allTarget.length} target items were used (MAX_ITEMS)`);
  if (general.length < allGeneral.length) notes.push(`${general.length} of ${allGeneral.length} general items were used (MAX_ITEMS)`);
  if (replaced > 0) notes.push(`${replaced} answers of the general suite are older than a fix that was promoted, and were replaced by it`);
  if (conflicts > 0) notes.push(`${conflicts} questions have another expected answer in the general suite than in the cycle's datasets: correct one of them`);
  return { items: [...targetItems, ...general, ...safety], counts: { target: targetItems.length, general: general.length, safety: safety.length }, notes };
};
