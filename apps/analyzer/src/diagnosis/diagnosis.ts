import { fixOfRootCause } from '@ratchet/domain';
import { findRootCause } from './root-cause.js';
import type { Failure } from '../analysis/failure.js';
import type { FixType, OpportunityRanked, RootCause } from '@ratchet/domain';

/** What a judge says of a cluster. */
export interface JudgeOpinion {
  readonly rootCause: RootCause;
  readonly confidence: number;
  readonly reason: string;
  readonly suggestedFix: string;
  /** Provider and model. */
  readonly judge: string;
  /** What this opinion cost when it was asked for, in US dollars. */
  readonly costUsd: number;
}

/** What a person ordered for an opportunity; it stands. */
export interface PersonsWord {
  readonly rootCause: RootCause;
  readonly actor: string;
  readonly reason: string;
}

export interface Diagnosis {
  readonly rootCause: RootCause;
  readonly confidence: number;
  readonly reason: string;
  readonly fixType: FixType;
  /** The judge's, where its root cause stands. */
  readonly suggestedFix?: string;
  readonly opinions: NonNullable<OpportunityRanked['diagnosis']>;
}

/** A judge that is certain of itself is still only a model. */
const JUDGE_CONFIDENCE_MAX = 0.95;
/** One opinion is clearly ahead of another one with this much more confidence. */
export const CLEAR_LEAD = 0.25;

interface Opinions {
  readonly byRules: { readonly rootCause: RootCause; readonly confidence: number; readonly reason: string };
  readonly byJudge?: JudgeOpinion | undefined;
  readonly byPerson?: PersonsWord | undefined;
  /** Confidence of the rules below which a person must look, where nobody else gives an opinion. */
  readonly confidenceMin: number;
}

interface Settled {
  readonly rootCause: RootCause;
  readonly confidence: number;
  readonly reason: string;
  readonly needsPerson: boolean;
}

const settleBetween = ({ byRules, byJudge, confidenceMin }: Opinions): Settled => {
  if (byJudge === undefined) return { ...byRules, needsPerson: byRules.confidence < confidenceMin };
  const judged = Math.min(byJudge.confidence, JUDGE_CONFIDENCE_MAX);
  const bothSay = `${byRules.reason}. ${byJudge.judge} says: ${byJudge.reason}`;
  if (byRules.rootCause === byJudge.rootCause) {
    const confidence = Math.max(byRules.confidence, judged);
    return { rootCause: byRules.rootCause, confidence, reason: bothSay, needsPerson: confidence < confidenceMin };
  }
  const winner = judged > byRules.confidence ? { rootCause: byJudge.rootCause, confidence: judged } : { rootCause: byRules.rootCause, confidence: byRules.confidence };
  const needsPerson = Math.abs(judged - byRules.confidence) < CLEAR_LEAD || winner.confidence < confidenceMin;
  return { ...winner, reason: `rules: ${byRules.rootCause}, ${bothSay}`, needsPerson };
};

/**
 * One root cause out of the opinions. A person's word stands. Without a judge the rules decide, and below `confidenceMin` a person is asked for. Where
 * rules and judge name different causes, the one with the higher confidence (a judge's counts at most 0.95) is shown, and a person is asked for unless it is ahead by 0.25.
 */
export const settleDiagnosis = (opinions: Opinions): Diagnosis => {
  const { byRules, byJudge, byPerson } = opinions;
  const settled: Settled = byPerson ? { rootCause: byPerson.rootCause, confidence: 1, reason: `${byPerson.actor} says: ${byPerson.reason}`, needsPerson: false } : settleBetween(opinions);
  const { rootCause, confidence, reason, needsPerson } = settled;
  return {
    rootCause, confidence, reason, fixType: fixOfRootCause[rootCause],
    ...(byJudge?.rootCause === rootCause && byJudge.suggestedFix !== '' && { suggestedFix: byJudge.suggestedFix }),
    opinions: {
      byRules: { rootCause: byRules.rootCause, confidence: byRules.confidence },
      ...(byJudge && { byJudge: { rootCause: byJudge.rootCause, confidence: byJudge.confidence, reason: byJudge.reason, judge: byJudge.judge, costUsd: byJudge.costUsd } }),
      ...(byPerson && { byPerson }),
      needsPerson,
    },
  };
};

/** What is known of root causes before an analysis ranks: opinions by cluster, people's words by opportunity. */
export interface Opinion {
  readonly byCluster: ReadonlyMap<string, JudgeOpinion>;
  readonly byOpportunity: ReadonlyMap<string, PersonsWord>;
  readonly confidenceMin: number;
}

export const NO_OPINION: Opinion = { byCluster: new Map(), byOpportunity: new Map(), confidenceMin: 0 };

export const diagnose = ({ failures, givenAnswers, clusterId, opportunityId, known }: {
  readonly failures: readonly Failure[];
  readonly givenAnswers: ReadonlySet<string>;
  readonly clusterId: string;
  readonly opportunityId: string;
  readonly known: Opinion;
}): Diagnosis =>
  settleDiagnosis({
    byRules: findRootCause(failures, { givenAnswers }),
    byJudge: known.byCluster.get(clusterId),
    byPerson: known.byOpportunity.get(opportunityId),
    confidenceMin: known.confidenceMin,
  });
