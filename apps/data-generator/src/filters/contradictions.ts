import { normalizeAnswer } from '@ratchet/domain';
import { answerKeyOf, type Candidate } from '../generation/candidate.js';
import type { RejectionReason } from './quality-filter.js';

export interface Settled {
  readonly kept: Candidate[];
  readonly dropped: { readonly candidate: Candidate; readonly reason: RejectionReason }[];
}

const merge = (same: readonly Candidate[]): Candidate => {
  const best = same.reduce((a, b) => (b.confidence > a.confidence ? b : a));
  return { ...best, interactionIds: [...new Set(same.flatMap(({ interactionIds }) => interactionIds))] };
};

/**
 * One answer for one request: candidates of the same normalised request with different answers are settled by who has more votes (one per
 * interaction), and a tie drops all; equal pairs become one with the interactions of all.
 */
export const settleContradictions = (candidates: readonly Candidate[]): Settled => {
  const kept: Candidate[] = [];
  const dropped: Settled['dropped'] = [];
  for (const rivals of Map.groupBy(candidates, ({ input }) => normalizeAnswer(input)).values()) {
    const answers = [...Map.groupBy(rivals, ({ output }) => answerKeyOf(output)).values()].sort((a, b) => b.length - a.length);
    const [first, second] = answers;
    const tied = first !== undefined && second?.length === first.length;
    for (const [place, same] of answers.entries()) {
      if (place > 0 || tied) dropped.push(...same.map((candidate) => ({ candidate, reason: 'contradicting_answers' as const })));
      else {
        kept.push(merge(same));
        dropped.push(...same.slice(1).map((candidate) => ({ candidate, reason: 'duplicate' as const })));
      }
    }
  }
  return { kept, dropped };
};
