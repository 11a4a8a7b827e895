import { normalizeAnswer } from '../dataset/answer.js';
import type { ReviewDecision } from './review.js';

/** What reviewers have come to; `reviewers` are those who said so. */
export type ReviewConclusion =
  | { readonly state: 'waiting' }
  | { readonly state: 'approved'; readonly output: string; readonly reviewers: readonly string[] }
  | { readonly state: 'rejected'; readonly reviewers: readonly string[] };

/** The answer that a decision stands for; undefined for a rejection. */
const answerOf = ({ decision, output }: ReviewDecision, proposed: string): string | undefined => {
  if (decision === 'reject') return undefined;
  return decision === 'edit' ? (output ?? proposed) : proposed;
};

const sameVerdict = (a: string | undefined, b: string | undefined): boolean => (a === undefined || b === undefined ? a === b : normalizeAnswer(a) === normalizeAnswer(b));

/**
 * One reviewer decides, or where two are needed both must stand for the same answer; where they do not, the third decides.
 * `decisions` are of different reviewers, in the order in which they came.
 */
export const concludeReview = ({ output, decisions, reviewersNeeded }: { readonly output: string; readonly decisions: readonly ReviewDecision[]; readonly reviewersNeeded: number }): ReviewConclusion => {
  const answers = decisions.map((decision) => answerOf(decision, output));
  const deciding = decisions.length < reviewersNeeded ? -1 : reviewersNeeded < 2 ? 0 : sameVerdict(answers[0], answers[1]) ? 1 : decisions.length > 2 ? 2 : -1;
  if (deciding < 0) return { state: 'waiting' };
  const verdict = answers[deciding];
  const reviewers = decisions.filter((_, i) => sameVerdict(answers[i], verdict)).map(({ reviewer }) => reviewer);
  return verdict === undefined ? { state: 'rejected', reviewers } : { state: 'approved', output: verdict, reviewers };
};

/** How often the first two reviewers of the same items accepted the proposed answer: the counts of Cohen's kappa. */
export const reviewerPairs = (items: readonly { readonly decisions: readonly ReviewDecision[]; readonly reviewersNeeded?: number | undefined }[]): { bothYes: number; onlyFirst: number; onlySecond: number; bothNo: number } => {
  const counts = { bothYes: 0, onlyFirst: 0, onlySecond: 0, bothNo: 0 };
  for (const { decisions, reviewersNeeded = 1 } of items) {
    const [first, second] = decisions;
    if (reviewersNeeded < 2 || !first || !second) continue;
    const [a, b] = [first.decision === 'approve', second.decision === 'approve'];
    counts[a ? (b ? 'bothYes' : 'onlyFirst') : b ? 'onlySecond' : 'bothNo'] += 1;
  }
  return counts;
};
