import type { Candidate, SourceFailure } from '../generation/candidate.js';
import type { Teacher } from './teacher.js';

export interface TeachRules {
  readonly variationsPerExample: number;
  /** Below this a correction waits for a reviewer. */
  readonly confidenceMin: number;
}

/** A variation keeps the answer of its source, but may have drifted from it. */
const VARIATION_FACTOR = 0.9;

/**
 * For each representative failure: the teacher's correction, unless people agreed on one already (`acceptedAnswers`, by interaction id), and
 * variations of the request with the same answer.
 */
export const teachOpportunity = async ({ teacher, opportunityId, representatives, rootCauseReason, acceptedAnswers, rules }: {
  readonly teacher: Pick<Teacher, 'correct' | 'vary' | 'description'>;
  readonly opportunityId: string;
  readonly representatives: readonly SourceFailure[];
  readonly rootCauseReason: string;
  readonly acceptedAnswers: ReadonlyMap<string, { readonly answer: string; readonly confidence: number }>;
  readonly rules: TeachRules;
}): Promise<Candidate[]> => {
  const candidates: Candidate[] = [];
  for (const failure of representatives) {
    const known = acceptedAnswers.get(failure.interactionId);
    const lesson = known ?? (await teacher.correct({ query: failure.query, response: failure.response, feedback: failure.correction === undefined ? rootCauseReason : `${rootCauseReason}. One user wrote: ${failure.correction}` }));
    if (!lesson) break;
    const accepted = known !== undefined || lesson.confidence >= rules.confidenceMin;
    const common = {
      output: lesson.answer,
      opportunityId,
      interactionIds: [failure.interactionId],
      state: accepted ? ('accepted' as const) : ('waiting' as const),
      reason: accepted ? `the teacher ${teacher.description}` : `the teacher's confidence is below ${rules.confidenceMin}`,
    };
    if (!known) candidates.push({ ...common, input: failure.query, source: 'correction', confidence: lesson.confidence });
    // No money for variations of an answer that may be wrong.
    if (!accepted || rules.variationsPerExample === 0) continue;
    const variations = await teacher.vary({ query: failure.query, count: rules.variationsPerExample });
    candidates.push(...variations.map((input): Candidate => ({ ...common, input, source: 'variation', confidence: lesson.confidence * VARIATION_FACTOR })));
  }
  return candidates;
};
