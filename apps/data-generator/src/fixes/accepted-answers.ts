import { hashEmbedding } from '@ratchet/embedded-model';
import { judgeCorrections, type AgreementRules } from '../generation/agreement.js';
import { isCorrected, type SourceFailure } from '../generation/candidate.js';
import type { Target } from '@ratchet/domain';
import type { Queryable } from '../persistence/queryable.js';
import type { AcceptedAnswer } from './fix-material.js';

/** What enough users agree on, of one opportunity's failures; `users` are those of the whole target by answer. */
export const answersOfUsers = ({ failures, users, rules }: { readonly failures: readonly SourceFailure[]; readonly users: ReadonlyMap<string, ReadonlySet<string>>; readonly rules: AgreementRules }): AcceptedAnswer[] => {
  const corrected = failures.filter(isCorrected);
  const vectors = new Map(corrected.map(({ interactionId, query }) => [interactionId, hashEmbedding(query)]));
  return judgeCorrections({ corrected, users, rules, vectorOf: ({ interactionId }) => vectors.get(interactionId) ?? [] })
    .filter(({ accepted }) => accepted)
    .map(({ failure, confidence, reason }) => ({
      request: failure.query, answer: failure.correction.trim(), failedReply: failure.response, source: 'user_correction', confidence, interactionIds: [failure.interactionId], acceptedBy: reason,
    }));
};

interface ReviewedRow {
  readonly opportunity_id: string;
  readonly input: string;
  readonly output: string;
  readonly interaction_ids: string[];
}

/** What reviewers accepted, by opportunity. */
export const loadReviewed = async (db: Queryable, { model, workload }: Target): Promise<Map<string, AcceptedAnswer[]>> => {
  const rows = await db.query<ReviewedRow & Record<string, unknown>>(
    `select opportunity_id, input, coalesce(approved_output, output) as output, interaction_ids from review_items
     where model = $1 and workload = $2 and state = 'approved' and undo_until is null and jsonb_array_length(decisions) > 0 order by example_id`,
    [model, workload],
  );
  const answers = rows.map(({ opportunity_id, input, output, interaction_ids }) => ({
    opportunityId: opportunity_id,
    answer: { request: input, answer: output, source: 'reviewer' as const, confidence: 1, interactionIds: interaction_ids, acceptedBy: 'a reviewer accepted it' },
  }));
  return new Map([...Map.groupBy(answers, ({ opportunityId }) => opportunityId)].map(([id, same]) => [id, same.map(({ answer }) => answer)]));
};

/** A reviewer's answer to a request takes the place of what users say; the reply that failed is theirs. */
export const mergeAnswers = (users: readonly AcceptedAnswer[], reviewed: readonly AcceptedAnswer[], failures: readonly SourceFailure[]): AcceptedAnswer[] => {
  const replies = new Map(failures.map(({ query, response }) => [query, response]));
  const decided = new Set(reviewed.map(({ request }) => request));
  return [
    ...reviewed.map((one) => {
      const failedReply = replies.get(one.request);
      return { ...one, ...(failedReply !== undefined && { failedReply }) };
    }),
    ...users.filter(({ request }) => !decided.has(request)),
  ];
};
