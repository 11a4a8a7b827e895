import { normalizeAnswer } from '@ratchet/domain';
import { correctionKindOf, insistsOnOwnWords, namesAnotherFigure } from './correction-kind.js';
import { shapeFaultsOf, type ShapeFault } from './reply-shape.js';
import { complaintsIn, explanationKind, namesSpecifics, repliesLackingInformation, repliesNotKnowing, repliesRefusing, touchesDoubleEdgedWord, type Complaint } from './text-cues.js';
import type { FeedbackReason, RootCause, SignalName } from '@ratchet/domain';
import type { Failure } from '../analysis/failure.js';

/** One reason to think of one cause. Weights are differences of log odds: a vote of 1 makes its cause e times as likely. */
export interface Vote {
  readonly cause: RootCause;
  readonly weight: number;
  /** What was seen, for people. */
  readonly evidence: string;
}

export interface VoteContext {
  /** Normalised responses that the model gave anywhere on the target. */
  readonly givenAnswers: ReadonlySet<string>;
  /** Normalised correction -> different users of this cluster who submitted it. */
  readonly usersByCorrection: ReadonlyMap<string, number>;
}

/** Users who say the same in their own submissions make an answer, not a slip. */
const REPEATED_BY_USERS = 2;

const INSISTING: ReadonlySet<SignalName> = new Set(['reformulation', 'repeated_query', 'quick_follow_up', 'correction', 'escalation', 'thumbs_down', 'low_rating', 'user_correction']);
const RESTATING: ReadonlySet<SignalName> = new Set(['reformulation', 'repeated_query', 'correction']);
/** Signals whose evidence quotes what the user said next, and under which key. */
const QUOTES = ['next', 'comment'] as const;

const vote = (cause: RootCause, weight: number, evidence: string): Vote => ({ cause, weight, evidence });

const correctionVotes = ({ response, correction }: Failure, { givenAnswers, usersByCorrection }: VoteContext): Vote[] => {
  if (correction === undefined) return [];
  const answer = normalizeAnswer(correction);
  const kind = correctionKindOf({ response, correction });
  if (kind === 'same') return [];
  if (givenAnswers.has(answer)) return [vote('intent_misunderstood', 2.5, 'corrections name an answer that the model gives elsewhere')];
  if (kind === 'denial') return [vote('insufficient_grounding', 2, 'corrections say that something in the reply does not exist')];
  if (kind === 'reshaped') return [vote('format_unclear', 2, 'corrections say the same in another form')];
  if (kind === 'fact' && !repliesNotKnowing(response)) return [vote('knowledge_gap', 1.75, 'corrections change only facts of the reply')];
  if ((usersByCorrection.get(answer) ?? 0) >= REPEATED_BY_USERS) return [vote('intent_misunderstood', 1.75, 'corrections of several users name the same other answer')];
  if (kind === 'subject' && !repliesNotKnowing(response)) return [vote('knowledge_gap', 0.75, 'corrections say otherwise about the same thing'), vote('intent_misunderstood', 0.25, 'corrections name another answer')];
  return [vote('intent_misunderstood', 1.25, 'corrections name another answer')];
};

const replyVotes = ({ query, response, signals, correction }: Failure): Vote[] => {
  if (repliesRefusing(response)) {
    const insists = correction !== undefined || signals.some(({ name }) => INSISTING.has(name));
    return [insists ? vote('over_conservative_safety', 3.25, 'replies refuse and the users insist') : vote('over_conservative_safety', 2.25, 'replies refuse')];
  }
  if (repliesLackingInformation(response)) return [vote('knowledge_gap', 1.5, 'replies say that they have no information')];
  if (repliesNotKnowing(response)) return [vote('intent_misunderstood', 1.25, 'replies say that they do not know')];
  const doubleEdged = touchesDoubleEdgedWord(query) ? [vote('over_conservative_safety', 0.75, 'requests have words that filters stumble over')] : [];
  return namesSpecifics(response) ? [...doubleEdged, vote('insufficient_grounding', 0.75, 'replies name sources, codes or people that could be invented')] : doubleEdged;
};

const shapeEvidence: Record<ShapeFault, readonly [number, string]> = {
  form_ignored: [2, 'replies are not in the form that was asked for'],
  form_asked: [1, 'the requests ask for a form'],
  dense: [1, 'replies are dense or written like a statute'],
  raw: [1.5, 'replies show markup or run words together'],
  repeats: [1, 'replies say things twice'],
};
const shapeVotes = ({ query, response }: Failure): Vote[] =>
  repliesRefusing(response) ? [] : shapeFaultsOf({ query, response }).map((fault) => vote('format_unclear', ...shapeEvidence[fault]));

const reasonVotes = ({ reasons }: Failure): Vote[] => {
  const votesOf: Record<FeedbackReason, Vote[]> = {
    incorrect: [vote('knowledge_gap', 1, 'users ticked "incorrect"'), vote('insufficient_grounding', 0.75, 'users ticked "incorrect"')],
    did_not_answer: [vote('intent_misunderstood', 1, 'users ticked "did not answer"')],
    hard_to_understand: [vote('format_unclear', 1.75, 'users ticked "hard to understand"')],
    more_detail: [vote('format_unclear', 0.75, 'users ticked "more detail"')],
    other: [],
  };
  return reasons.flatMap((reason) => votesOf[reason]);
};

const complaintEvidence: Record<Complaint, readonly [RootCause, number, string]> = {
  format: ['format_unclear', 1.75, 'users speak of the form of the reply'],
  invention: ['insufficient_grounding', 2.25, 'users say that details are invented'],
  fact: ['knowledge_gap', 1.5, 'users say that facts are wrong'],
  intent: ['intent_misunderstood', 1.25, 'users say that another thing was asked'],
  preaching: ['over_conservative_safety', 1.75, 'users say that they are lectured'],
};

/** What the user wrote about the reply: comments, and the next message where a signal quotes it. */
export const saidOf = ({ comments, signals }: Failure): string[] => [
  ...new Set([...comments, ...signals.flatMap(({ evidence }) => QUOTES.flatMap((key) => (typeof evidence[key] === 'string' ? [evidence[key]] : [])))]),
];

const saidVotes = (failure: Failure): Vote[] => {
  const said = saidOf(failure);
  const { query, response } = failure;
  const found = [...new Set(said.flatMap(complaintsIn))];
  const votes = found.map((complaint) => vote(...complaintEvidence[complaint]));
  if (said.some((text) => namesAnotherFigure({ said: text, response, query }))) votes.push(vote('knowledge_gap', 1, 'users name another figure'));
  const repeats = said.some((text) => insistsOnOwnWords({ said: text, response, query }));
  if (repeats && !found.includes('invention')) votes.push(vote('intent_misunderstood', 0.75, 'users repeat what the reply passed over'));
  return votes;
};

const signalVotes = ({ signals, response }: Failure): Vote[] => {
  const restated = signals.some(({ name }) => RESTATING.has(name)) && !repliesRefusing(response);
  const votes: Vote[] = restated ? [vote('intent_misunderstood', 0.5, 'users put the request in other words')] : [];
  for (const { name, evidence } of signals) {
    if (name !== 'quality_low') continue;
    const { evaluator, explanation } = evidence;
    if (evaluator === 'factuality') votes.push(...factualityVotes(typeof explanation === 'string' ? explanation : ''));
    if (evaluator === 'format') votes.push(vote('format_unclear', 1.75, 'the format check scored replies low'));
    if (evaluator === 'relevance') votes.push(vote('intent_misunderstood', 1, 'the relevance check scored replies low'));
  }
  return votes;
};

const factualityVotes = (explanation: string): Vote[] => {
  const kind = explanationKind(explanation);
  if (kind === 'contradicted') return [vote('knowledge_gap', 1, 'the factuality check says that replies contradict their sources')];
  return [vote('insufficient_grounding', kind === 'unsupported' ? 1.5 : 1.25, 'the factuality check scored replies low')];
};

/** What one failure says about its cause, by rules alone. */
export const votesOf = (failure: Failure, context: VoteContext): Vote[] => [
  ...correctionVotes(failure, context),
  ...replyVotes(failure),
  ...shapeVotes(failure),
  ...reasonVotes(failure),
  ...saidVotes(failure),
  ...signalVotes(failure),
];
