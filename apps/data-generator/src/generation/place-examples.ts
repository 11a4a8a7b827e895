import { LeakGuard, type IssuedText } from '../filters/leakage.js';
import type { RejectionReason } from '../filters/quality-filter.js';
import { answerKeyOf, isGenerated, type Candidate } from './candidate.js';
import { chooseTestIds } from './split.js';

export interface Placeable {
  readonly candidate: Candidate;
  readonly exampleId: string;
}

export interface Placed {
  readonly rows: readonly (Placeable & { readonly split: 'train' | 'test' })[];
  readonly dropped: readonly RejectionReason[];
}

const asText = (candidate: Candidate): { input: string; generated: boolean } => ({ input: candidate.input, generated: isGenerated(candidate) });

/**
 * Test or train, so that no text is ever in both, over all datasets of the target: what was trained on is no test, evaluation items that people's own
 * requests come near to are left out, and so is what would train on a test.
 */
export const placeExamples = ({ rows, issuedTexts }: { readonly rows: readonly Placeable[]; readonly issuedTexts: readonly IssuedText[] }): Placed => {
  const issued = new LeakGuard(issuedTexts);
  const fromPeople = new LeakGuard(rows.filter(({ candidate }) => !isGenerated(candidate)).map(({ candidate }) => ({ ...asText(candidate), split: 'train' })));
  const dropped: RejectionReason[] = [];
  const evaluation = rows.filter(({ candidate }) => {
    if (candidate.split !== 'test') return false;
    const seen = issued.isTrained(asText(candidate)) || (isGenerated(candidate) && fromPeople.isTrained(asText(candidate)));
    if (seen) dropped.push('evaluation_seen_in_training');
    return !seen;
  });
  const open = rows.filter(({ candidate }) => candidate.split !== 'test');
  const testIds = chooseTestIds(
    open.map(({ candidate, exampleId }) => ({
      exampleId,
      answerKey: answerKeyOf(candidate.output),
      mayTest: candidate.split === undefined && (candidate.source === 'user_correction' || candidate.source === 'reviewer') && !issued.isTrained(asText(candidate)),
    })),
  );
  const tests = [...evaluation, ...open.filter(({ exampleId }) => testIds.has(exampleId))];
  const tested = new LeakGuard([...issuedTexts.filter(({ split }) => split === 'test'), ...tests.map(({ candidate }) => ({ ...asText(candidate), split: 'test' as const }))]);
  const train = open.filter(({ candidate, exampleId }) => {
    if (testIds.has(exampleId)) return false;
    const leaks = tested.isTested(asText(candidate));
    if (leaks) dropped.push('leaks_test_item');
    return !leaks;
  });
  const placed = [...tests.map((row) => ({ ...row, split: 'test' as const })), ...train.map((row) => ({ ...row, split: 'train' as const }))];
  return { rows: placed.sort((a, b) => (a.exampleId < b.exampleId ? -1 : 1)), dropped };
};
