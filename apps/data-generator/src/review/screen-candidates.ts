import { normalizeAnswer, type Target } from '@ratchet/domain';
import { cosine, hashEmbedding } from '@ratchet/embedded-model';
import { answerKeyOf, exampleIdOf, type Candidate } from '../generation/candidate.js';
import { ruleFor, type Reviewable, type ReviewRules } from './review-rules.js';
import { originsOf, standingOf, type TrackRecord } from './track-record.js';

export interface RejectedAnswer {
  readonly exampleId: string;
  readonly input: string;
  readonly output: string;
}

/** What reviewers said before this run. */
export interface ReviewMemory {
  /** Approved, and not issued yet: with the answer as it was approved. */
  readonly approved: readonly Candidate[];
  readonly rejected: readonly RejectedAnswer[];
  readonly record: TrackRecord;
  /** Milliseconds since 1970 at which a waiting candidate was first seen, by example id. */
  readonly firstSeen: ReadonlyMap<string, number>;
}

export interface Screened {
  readonly candidates: readonly Candidate[];
  /** By example id, also of wordings that come near to a rejected one. */
  readonly decisions: ReadonlyMap<string, 'accepted' | 'rejected'>;
  readonly droppedByRule: number;
}

/** How near a candidate comes to what reviewers rejected: the highest cosine of its request with those that the same answer was rejected for; 1 for the same request. */
const nearnessToRejected = (rejected: readonly RejectedAnswer[]): ((candidate: Candidate) => number) => {
  const byAnswer = Map.groupBy(rejected, ({ output }) => answerKeyOf(output));
  const vectors = new Map<string, ReturnType<typeof hashEmbedding>>();
  const vectorOf = (text: string): ReturnType<typeof hashEmbedding> => {
    const known = vectors.get(text) ?? hashEmbedding(text);
    vectors.set(text, known);
    return known;
  };
  return ({ input, output }) => {
    const same = byAnswer.get(answerKeyOf(output)) ?? [];
    return same.reduce((nearest, other) => Math.max(nearest, normalizeAnswer(other.input) === normalizeAnswer(input) ? 1 : cosine(vectorOf(other.input), vectorOf(input))), 0);
  };
};

/**
 * Reviewers' word on a run's candidates: what they approved joins them, what they rejected stays out, also in other words, and what comes from
 * where much was rejected is believed less. The rules then say what needs no person.
 */
export const screenCandidates = ({ target, candidates, memory, rules, nowMs }: {
  readonly target: Target;
  readonly candidates: readonly Reviewable[];
  readonly memory: ReviewMemory;
  readonly rules: ReviewRules;
  readonly nowMs: number;
}): Screened => {
  const nearnessOf = nearnessToRejected(memory.rejected);
  const decisions = new Map<string, 'accepted' | 'rejected'>(memory.rejected.map(({ exampleId }) => [exampleId, 'rejected']));
  for (const approved of memory.approved) decisions.set(exampleIdOf(target, approved), 'accepted');
  const approvedInputs = new Set(memory.approved.map(({ input }) => normalizeAnswer(input)));
  const screened: Candidate[] = [...memory.approved];
  let droppedByRule = 0;
  for (const candidate of candidates) {
    const exampleId = exampleIdOf(target, candidate);
    const decided = decisions.get(exampleId);
    if (decided === 'accepted') continue;
    const nearness = nearnessOf(candidate);
    // Where a reviewer has given a request its answer, no other one stands.
    if (decided === 'rejected' || approvedInputs.has(normalizeAnswer(candidate.input)) || nearness >= rules.nearDuplicate) {
      decisions.set(exampleId, 'rejected');
      screened.push(candidate);
      continue;
    }
    const { approval, factor } = standingOf(originsOf(candidate), memory.record, rules.prior);
    const believed = { ...candidate, confidence: candidate.confidence * factor };
    const rule = ruleFor(believed, { approval, rules: rules.rules });
    if (rule?.then === 'drop') droppedByRule += 1;
    else if (nearness >= rules.doubtful) screened.push({ ...believed, state: 'waiting', reason: DOUBTFUL });
    else screened.push(settle(judged(believed, rule), { firstSeenMs: memory.firstSeen.get(exampleId) ?? nowMs, settleMs: rules.settleMs, nowMs }));
  }
  return { candidates: screened, decisions, droppedByRule };
};

const judged = (candidate: Reviewable, rule: ReturnType<typeof ruleFor>): Candidate => {
  if (!rule) return candidate;
  const state = rule.then === 'accept' ? 'accepted' : 'waiting';
  return state === candidate.state ? candidate : { ...candidate, state, reason: `the review rule "${rule.name}"` };
};

const DOUBTFUL = 'reviewers rejected this answer for a similar request';
export const SETTLES = 'settles before it is accepted without a person';

const settle = (candidate: Candidate, { firstSeenMs, settleMs, nowMs }: { firstSeenMs: number; settleMs: number; nowMs: number }): Candidate =>
  candidate.state === 'accepted' && nowMs - firstSeenMs < settleMs ? { ...candidate, state: 'waiting', reason: SETTLES } : candidate;
