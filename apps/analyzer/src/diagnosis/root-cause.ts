import { normalizeAnswer, rootCauseSchema } from '@ratchet/domain';
import { repliesNotKnowing, repliesRefusing } from './text-cues.js';
import { votesOf, type Vote, type VoteContext } from './votes.js';
import { userOf, type Failure } from '../analysis/failure.js';
import type { RootCause } from '@ratchet/domain';

/**
 * Turns weights into probabilities. Fitted to those labelled failures of the development half that were written after the rules, and before the rules were
 * revised against them (n = 26): rows that the rules' authors had in mind would fit a sharper, over-confident value.
 */
export const SHARPNESS = 1.15;
/**
 * Failures of one cluster say much the same, so they count as n/(1 + (n − 1)·ρ) independent ones (the design effect of cluster sampling);
 * ρ is fitted to clusters drawn from the same rows, of which up to four in ten failures have another cause.
 */
export const CLUSTER_CORRELATION = 0.3;
/** More failures than this say nothing new: they are taken evenly from the cluster. */
const READ_FAILURES_MAX = 1_000;
/** On a tie training examples win: they are the cheapest fix and the one that the gates judge best. */
const ORDER: readonly RootCause[] = ['intent_misunderstood', 'knowledge_gap', 'format_unclear', 'over_conservative_safety', 'insufficient_grounding'];

export interface RootCauseFinding {
  readonly rootCause: RootCause;
  /** Probability that this is the cause, as far as the labelled failures tell; 0.2 means that nothing tells the causes apart. */
  readonly confidence: number;
  /** Which evidence, with counts, for people. */
  readonly reason: string;
  readonly probabilities: Readonly<Record<RootCause, number>>;
}

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

const sampleEvenly = (failures: readonly Failure[]): readonly Failure[] => {
  if (failures.length <= READ_FAILURES_MAX) return failures;
  const step = failures.length / READ_FAILURES_MAX;
  return Array.from({ length: READ_FAILURES_MAX }, (_, index) => failures[Math.floor(index * step)]).filter((failure) => failure !== undefined);
};

/** P(cause k) = softmax over k of sharpness · S_k / (1 + (n − 1)·ρ), where S_k sums the weights of the votes for k from n telling failures; every cause is equally likely before. */
export const probabilitiesOf = ({ votes, telling, sharpness = SHARPNESS, correlation = CLUSTER_CORRELATION }: {
  readonly votes: readonly Vote[];
  /** Failures with any vote: those that say nothing make nothing less likely. */
  readonly telling: number;
  readonly sharpness?: number;
  readonly correlation?: number;
}): Record<RootCause, number> => {
  const scores = new Map<RootCause, number>(rootCauseSchema.options.map((cause) => [cause, 0]));
  for (const { cause, weight } of votes) scores.set(cause, (scores.get(cause) ?? 0) + weight);
  const scale = sharpness / (1 + (Math.max(1, telling) - 1) * correlation);
  const highest = Math.max(...scores.values());
  const masses = [...scores].map(([cause, score]) => [cause, Math.exp(scale * (score - highest))] as const);
  const total = masses.reduce((sum, [, mass]) => sum + mass, 0);
  return Object.fromEntries(masses.map(([cause, mass]) => [cause, mass / total])) as Record<RootCause, number>;
};

/**
 * The article's root-cause table as votes over what replies, ticked reasons, comments, next messages, corrections, quality scores and signals say.
 * `givenAnswers` are the normalised responses seen on the target: a correction among them means that the model knows the answer
 * and missed the intent.
 */
export const findRootCause = (failures: readonly Failure[], { givenAnswers }: { readonly givenAnswers: ReadonlySet<string> }): RootCauseFinding => {
  const read = sampleEvenly(failures);
  const context: VoteContext = { givenAnswers, usersByCorrection: countUsersByCorrection(failures) };
  const each = read.map((failure) => votesOf(failure, context));
  const votes = each.flat();
  const probabilities = probabilitiesOf({ votes, telling: each.filter(({ length }) => length > 0).length });
  const rootCause = ORDER.reduce((best, cause) => (probabilities[cause] > probabilities[best] ? cause : best));
  return { rootCause, confidence: probabilities[rootCause], reason: explain(votes, rootCause, read.length), probabilities };
};

/** Normalised responses that say something: neither a refusal nor "I do not know". */
export const givenAnswersOf = (failures: readonly Pick<Failure, 'response'>[]): Set<string> =>
  new Set(failures.filter(({ response }) => response !== '' && !repliesNotKnowing(response) && !repliesRefusing(response)).map(({ response }) => normalizeAnswer(response)));
