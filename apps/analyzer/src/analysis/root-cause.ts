import { normalizeAnswer, rootCauseSchema } from '@ratchet/domain';
import { complaintsIn, repliesNotKnowing, repliesRefusing } from './evidence-cues.js';
import { correctionKindOf } from './correction-kind.js';
import { userOf, type Failure } from './failure.js';
import type { RootCause, SignalName } from '@ratchet/domain';

/** Every cause starts with this weight, so that three votes do not make certainty (symmetric Dirichlet prior over five causes). */
const PRIOR_WEIGHT = 0.5;
/** Users who say the same in their own submissions make an answer, not a slip. */
const REPEATED_BY_USERS = 2;

export interface RootCauseFinding {
  readonly rootCause: RootCause;
  /** The cause's share of all votes, smoothed; 0.2 means that nothing tells the causes apart. */
  readonly confidence: number;
  /** Which evidence, with counts, for people. */
  readonly reason: string;
}

interface Vote {
  readonly cause: RootCause;
  readonly weight: number;
  readonly evidence: string;
}

interface Context {
  /** Normalised responses that the model gave anywhere on the target. */
  readonly givenAnswers: ReadonlySet<string>;
  /** Normalised correction -> different users of this cluster who submitted it. */
  readonly usersByCorrection: ReadonlyMap<string, number>;
}

const INSISTING: ReadonlySet<SignalName> = new Set(['reformulation', 'repeated_query', 'quick_follow_up', 'correction', 'escalation', 'thumbs_down', 'low_rating']);
const RESTATING: ReadonlySet<SignalName> = new Set(['reformulation', 'repeated_query', 'correction']);

const vote = (cause: RootCause, weight: number, evidence: string): Vote => ({ cause, weight, evidence });

const correctionVotes = ({ response, correction }: Failure, { givenAnswers, usersByCorrection }: Context): Vote[] => {
  if (correction === undefined) return [];
  const answer = normalizeAnswer(correction);
  const kind = correctionKindOf({ response, correction });
  if (kind === 'same') return [];
  if (givenAnswers.has(answer)) return [vote('intent_misunderstood', 1.5, 'corrections name an answer that the model gives elsewhere')];
  if (kind === 'fact' && !repliesNotKnowing(response)) return [vote('knowledge_gap', 1, 'corrections change only facts of the reply')];
  if ((usersByCorrection.get(answer) ?? 0) >= REPEATED_BY_USERS) return [vote('intent_misunderstood', 1.5, 'corrections of several users name the same other answer')];
  return [vote('intent_misunderstood', 1, 'corrections name another answer')];
};

const replyVotes = ({ response, signals, correction }: Failure): Vote[] => {
  if (repliesRefusing(response)) {
    const insists = correction !== undefined || signals.some(({ name }) => INSISTING.has(name));
    return [insists ? vote('over_conservative_safety', 2, 'replies refuse and the users insist') : vote('over_conservative_safety', 0.5, 'replies refuse')];
  }
  return repliesNotKnowing(response) ? [vote('intent_misunderstood', 1, 'replies say that they do not know')] : [];
};

const reasonVotes = ({ reasons }: Failure): Vote[] =>
  reasons.flatMap((reason): Vote[] => {
    if (reason === 'incorrect') return [vote('knowledge_gap', 0.75, 'users ticked "incorrect"')];
    if (reason === 'did_not_answer') return [vote('intent_misunderstood', 0.75, 'users ticked "did not answer"')];
    if (reason === 'hard_to_understand') return [vote('format_unclear', 1, 'users ticked "hard to understand"')];
    return reason === 'more_detail' ? [vote('format_unclear', 0.5, 'users ticked "more detail"')] : [];
  });

const commentVotes = ({ comments }: Failure): Vote[] =>
  [...new Set(comments.flatMap(complaintsIn))].map((complaint): Vote => {
    if (complaint === 'format') return vote('format_unclear', 1, 'comments speak of the form of the reply');
    if (complaint === 'invention') return vote('insufficient_grounding', 2, 'comments say that details are invented');
    if (complaint === 'fact') return vote('knowledge_gap', 1, 'comments say that facts are wrong');
    return vote('intent_misunderstood', 1, 'comments say that another thing was asked');
  });

const signalVotes = ({ signals }: Failure): Vote[] => {
  const votes: Vote[] = signals.some(({ name }) => RESTATING.has(name)) ? [vote('intent_misunderstood', 0.25, 'users put the request in other words')] : [];
  for (const { name, evidence } of signals) {
    if (name !== 'quality_low') continue;
    if (evidence['evaluator'] === 'factuality') votes.push(vote('insufficient_grounding', 1, 'the factuality check scored replies low'));
    if (evidence['evaluator'] === 'format') votes.push(vote('format_unclear', 1, 'the format check scored replies low'));
    if (evidence['evaluator'] === 'relevance') votes.push(vote('intent_misunderstood', 0.5, 'the relevance check scored replies low'));
  }
  return votes;
};

const countUsersByCorrection = (failures: readonly Failure[]): Map<string, number> => {
  const users = new Map<string, Set<string>>();
  for (const failure of failures) {
    if (failure.correction === undefined) continue;
    const answer = normalizeAnswer(failure.correction);
    users.set(answer, (users.get(answer) ?? new Set()).add(userOf(failure)));
  }
  return new Map([...users].map(([answer, { size }]) => [answer, size]));
};

const explain = (votes: readonly Vote[], cause: RootCause, size: number): string => {
  const counts = new Map<string, number>();
  for (const { cause: voted, evidence } of votes) if (voted === cause) counts.set(evidence, (counts.get(evidence) ?? 0) + 1);
  const parts = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([evidence, count]) => `${evidence} (${count} of ${size})`);
  return parts.length > 0 ? parts.join('; ') : 'no reply, reason, comment or correction tells the causes apart, so the commonest cause is assumed';
};

/**
 * The article's root-cause table as transparent votes over what replies, ticked reasons, comments, corrections and signals say.
 * `givenAnswers` are the normalised responses seen on the target: a correction among them means that the model knows the answer
 * and missed the intent.
 */
export const findRootCause = (failures: readonly Failure[], { givenAnswers }: { readonly givenAnswers: ReadonlySet<string> }): RootCauseFinding => {
  const context: Context = { givenAnswers, usersByCorrection: countUsersByCorrection(failures) };
  const votes = failures.flatMap((failure) => [
    ...correctionVotes(failure, context),
    ...replyVotes(failure),
    ...reasonVotes(failure),
    ...commentVotes(failure),
    ...signalVotes(failure),
  ]);
  const weights = new Map<RootCause, number>(rootCauseSchema.options.map((cause) => [cause, PRIOR_WEIGHT]));
  for (const { cause, weight } of votes) weights.set(cause, (weights.get(cause) ?? 0) + weight);
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  // On a tie training examples win: they are the cheapest fix and the one that the gates judge best.
  const order: RootCause[] = ['intent_misunderstood', 'knowledge_gap', 'format_unclear', 'over_conservative_safety', 'insufficient_grounding'];
  const rootCause = order.reduce((best, cause) => ((weights.get(cause) ?? 0) > (weights.get(best) ?? 0) ? cause : best));
  return { rootCause, confidence: (weights.get(rootCause) ?? 0) / total, reason: explain(votes, rootCause, failures.length) };
};

/** Normalised responses that say something: neither a refusal nor "I do not know". */
export const givenAnswersOf = (failures: readonly Pick<Failure, 'response'>[]): Set<string> =>
  new Set(failures.filter(({ response }) => response !== '' && !repliesNotKnowing(response) && !repliesRefusing(response)).map(({ response }) => normalizeAnswer(response)));
