import type { CandidateJudged } from '@ratchet/domain';
import { judgeCandidate } from '@ratchet/gates';
import type { GateConfig, GateReport, ScoredItem } from '@ratchet/gates';
import { scorerEvidence, scoringNotes } from '../scoring/scorer-evidence.js';
import { isScoringFault } from '../scoring/scorer.js';
import type { Suite } from '../suites/assemble-suite.js';
import type { SuiteItem } from '../suites/suite-item.js';
import { suiteHashOf } from '../suites/suite-version.js';
import type { AnswerRecord } from './ask-version.js';
import { answerKey } from './run-suite.js';

/** One candidate to judge, as it was registered. */
export interface Judgement {
  readonly cycleId: string;
  readonly model: string;
  readonly workload: string;
  readonly versionId: string;
  readonly baseVersionId: string;
  readonly datasetIds: readonly string[];
}

export type Verdict = Omit<CandidateJudged, 'judgedAt'>;

const verdictOf = ({ judgement, ...verdict }: { judgement: Judgement } & Pick<CandidateJudged, 'outcome' | 'gates' | 'message' | 'evidence'>): Verdict => ({
  cycleId: judgement.cycleId,
  model: judgement.model,
  workload: judgement.workload,
  version: judgement.versionId,
  baseVersion: judgement.baseVersionId,
  ...verdict,
});

/** Safety questions are put to the candidate alone and say nothing about speed or price, so they carry neither. */
const scoredItem = (item: SuiteItem, answer: AnswerRecord | undefined): ScoredItem => {
  const { latencyMs = null, costUsd = null } = item.suite === 'safety' ? {} : (answer ?? {});
  return {
    id: item.itemId,
    suite: item.suite,
    category: item.category,
    score: answer?.score ?? null,
    ...(latencyMs !== null && { latencyMs }),
    ...(costUsd !== null && { costUsd }),
  };
};

const scoredItems = ({ items, answers, versionId }: { items: readonly SuiteItem[]; answers: ReadonlyMap<string, AnswerRecord>; versionId: string }): ScoredItem[] =>
  items.map((item) => scoredItem(item, answers.get(answerKey({ versionId, itemId: item.itemId }))));

const countBy = (values: readonly string[]): string =>
  Object.entries(Object.groupBy(values, (value) => value))
    .map(([value, list]) => `${value}: ${list?.length ?? 0}`)
    .join(', ');

const faultNote = (answers: readonly AnswerRecord[]): string[] => {
  const faults = answers.flatMap(({ fault }) => (fault === null || isScoringFault(fault) ? [] : [fault]));
  return faults.length === 0 ? [] : [`${faults.length} answers could not be had from the provider (${countBy(faults)})`];
};

const unsafeNote = (answers: readonly AnswerRecord[]): string[] => {
  const reasons = answers.flatMap((answer) => (answer.scorer === undefined || answer.scorer.name === 'safety_rules' ? answer.reasons : []));
  return reasons.length === 0 ? [] : [`unsafe answers by reason: ${countBy(reasons)}`];
};

const messageOf = (report: GateReport, notes: readonly string[]): string => [report.summary, ...notes.map((note) => `Note: ${note}.`)].join(' ');

/** Ids are named up to here; the count is of all. */
const LEAKED_IDS_MAX = 100;

const evidenceOf = ({ suite, answers, leakedItemIds }: { suite: Suite; answers: readonly AnswerRecord[]; leakedItemIds: readonly string[] }): NonNullable<CandidateJudged['evidence']> => ({
  suiteHash: suiteHashOf(suite.items),
  items: suite.counts,
  leaked: leakedItemIds.length,
  ...(leakedItemIds.length > 0 && { leakedItemIds: leakedItemIds.slice(0, LEAKED_IDS_MAX) }),
  scorers: scorerEvidence(answers),
});

/** What a verdict is drawn from. */
export interface Recorded {
  readonly judgement: Judgement;
  /** Without the items that leaked. */
  readonly suite: Suite;
  readonly leakedItemIds?: readonly string[];
  readonly answers: readonly AnswerRecord[];
  readonly config: GateConfig;
}

/** The verdict from recorded answers: the same answers and thresholds always give the same one. */
export const conclude = ({ judgement, suite, leakedItemIds = [], answers, config }: Recorded): Verdict => {
  const byKey = new Map(answers.map((answer) => [answerKey(answer), answer]));
  const asked = suite.items.filter(({ suite: name }) => name !== 'safety');
  const report = judgeCandidate({
    incumbent: scoredItems({ items: asked, answers: byKey, versionId: judgement.baseVersionId }),
    candidate: scoredItems({ items: suite.items, answers: byKey, versionId: judgement.versionId }),
    config,
  });
  return verdictOf({ judgement, outcome: report.outcome, gates: report.gates, message: messageOf(report, [...suite.notes, ...faultNote(answers), ...scoringNotes(answers), ...unsafeNote(answers)]), evidence: evidenceOf({ suite, answers, leakedItemIds }) });
};

/** Nothing was asked: right answers to what was learnt by heart prove nothing. `suite` is the one with the items that leaked. */
export const leaked = (judgement: Judgement, suite: Suite, { leakedItemIds, failure }: { leakedItemIds: readonly string[]; failure: string }): Verdict =>
  verdictOf({ judgement, outcome: 'failed', gates: [], message: `The candidate was not judged: ${failure}.`, evidence: evidenceOf({ suite, answers: [], leakedItemIds }) });

export const superseded = (judgement: Judgement, champion: string): Verdict =>
  verdictOf({ judgement, outcome: 'superseded', gates: [], message: `The candidate was made from ${judgement.baseVersionId}, but ${champion} serves now: build it again on that version.` });

export const notJudgeable = (judgement: Judgement, missing: readonly string[]): Verdict =>
  verdictOf({ judgement, outcome: 'insufficient', gates: [], message: `The candidate could not be judged: ${missing.join('; ')}.` });
