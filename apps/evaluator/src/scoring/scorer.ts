import type { Bundle } from '@ratchet/domain';
import type { SuiteItem } from '../suites/suite-item.js';

/** One version's answer to one item. */
export interface VersionReply {
  readonly versionId: string;
  readonly content: string;
  readonly finishReason?: string | undefined;
  /** Of the version that answered. */
  readonly bundle?: Bundle | undefined;
}

/** A score from 0 (wrong) to 1 (right), or null and the fault that kept it from being known: missing, never passed. */
export interface Scored {
  readonly score: number | null;
  /** Why an answer is what its score says, in words that quote nothing. */
  readonly reasons: readonly string[];
  readonly fault?: ScoringFault;
}

/**
 * - `no_judge`, `no_embeddings`: the item needs a model that is not configured
 * - `bad_scorer`: its pattern or schema cannot be used
 * - `no_expected_answer`: it is scored by an expected answer, and has none
 * - `unpaired`: answers are compared, and the other version's is missing
 * - `run_budget`, `month_budget`: the judge's budget is used up
 * - `model_failed`: the model that scores gave no usable answer; `model_away`: it was not to be had, which may pass; `timeout`: not within the time of an item
 */
export type ScoringFault = 'no_judge' | 'no_embeddings' | 'bad_scorer' | 'no_expected_answer' | 'unpaired' | 'run_budget' | 'month_budget' | 'model_failed' | 'model_away' | 'timeout';

export interface ScorerIdentity {
  readonly name: string;
  /** Another version may score the same answer differently: it names model and prompt where there are any. */
  readonly version: string;
}

/** Scores the answers to one item. Throws only for what is no trouble of the item's. */
export interface Scorer extends ScorerIdentity {
  /** Whether an answer has a score only beside the other version's. */
  readonly compares: boolean;
  /** A score for each reply, in their order. */
  score(item: SuiteItem, replies: readonly VersionReply[], signal: AbortSignal): Promise<readonly Scored[]>;
}

export const unscored = (fault: ScoringFault): Scored => ({ score: null, reasons: [], fault });

/** Faults of scoring are stored beside those of the versions' providers, and told apart by this. */
const SCORING = 'scoring:';
export const asStoredFault = (fault: ScoringFault): string => `${SCORING}${fault}`;
export const isScoringFault = (fault: string): boolean => fault.startsWith(SCORING);
export const scoringFaultOf = (fault: string): string => fault.slice(SCORING.length);

/** The text that answers are held to; undefined where the item has none. */
export const expectedAnswerOf = ({ expectation }: SuiteItem): string | undefined => (expectation.rule === 'same_answer' && expectation.answer.trim() !== '' ? expectation.answer : undefined);

/** The reason on an answer that speaks to its judge. */
export const STEERED = 'an answer speaks to its judge';
