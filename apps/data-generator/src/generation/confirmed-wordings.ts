import { cosine } from '@ratchet/embedded-model';
import { answerKeyOf, userOf, type Candidate, type SourceFailure } from './candidate.js';

/** A request that went well: its user said so, or did what they came for. */
export interface ContentRequest {
  readonly interactionId: string;
  readonly conversationId: string;
  readonly userId?: string;
  readonly query: string;
  readonly response: string;
  /** The signal that says so. */
  readonly confirmedBy: string;
}

/**
 * Variations from real traffic: what other users asked, near to a request whose corrected answer is accepted, and were content with when they got that very
 * answer. At most `perRequest` for each corrected request, the nearest first.
 */
export const confirmedWordings = ({ content, accepted, byId, vectorOf, similarityMin, perRequest }: {
  readonly content: readonly ContentRequest[];
  readonly accepted: readonly Candidate[];
  readonly byId: ReadonlyMap<string, SourceFailure>;
  readonly vectorOf: (text: string) => ArrayLike<number>;
  readonly similarityMin: number;
  readonly perRequest: number;
}): Candidate[] => {
  const byAnswer = Map.groupBy(accepted, ({ output }) => answerKeyOf(output));
  const vectors = new Map(accepted.map((candidate) => [candidate, vectorOf(candidate.input)]));
  const users = new Map(accepted.map((candidate) => [candidate, new Set(candidate.interactionIds.flatMap((id) => byId.get(id) ?? []).map(userOf))]));
  const found = content.flatMap((request) => {
    const same = byAnswer.get(answerKeyOf(request.response));
    if (!same) return [];
    const vector = vectorOf(request.query);
    const [nearest] = same
      .filter((candidate) => !users.get(candidate)?.has(userOf(request)))
      .map((candidate) => ({ candidate, similarity: cosine(vector, vectors.get(candidate) ?? []) }))
      .sort((a, b) => b.similarity - a.similarity);
    return nearest && nearest.similarity >= similarityMin && nearest.similarity < 1 ? [{ request, ...nearest }] : [];
  });
  return [...Map.groupBy(found, ({ candidate }) => candidate).values()].flatMap((group) =>
    group
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, perRequest)
      .map(({ request, candidate, similarity }): Candidate => ({
        input: request.query, output: candidate.output, source: 'conversation', confidence: candidate.confidence * (0.5 + 0.5 * similarity), opportunityId: candidate.opportunityId,
        interactionIds: [request.interactionId, ...candidate.interactionIds], ...(candidate.agreeingUsers !== undefined && { agreeingUsers: candidate.agreeingUsers }), state: 'accepted',
        reason: `another user got this answer, and was content (${request.confirmedBy})`,
      })),
  );
};
