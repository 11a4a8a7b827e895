import type { CandidateJudged } from '@ratchet/domain';
import type { AnswerRecord } from '../judging/ask-version.js';
import { isScoringFault, scoringFaultOf, STEERED } from './scorer.js';

type Evidence = NonNullable<CandidateJudged['evidence']>['scorers'];

const itemsOf = (answers: readonly AnswerRecord[]): number => new Set(answers.map(({ itemId }) => itemId)).size;

/** How many items each scorer scored, of either version; one that scored none is named, too. By name and version. */
export const scorerEvidence = (answers: readonly AnswerRecord[]): Evidence => {
  const byScorer = Map.groupBy(answers.filter(({ scorer }) => scorer !== undefined), ({ scorer }) => `${scorer?.name ?? ''}\n${scorer?.version ?? ''}`);
  return [...byScorer]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, list]) => {
      const [name = '', version = ''] = key.split('\n');
      return { name, ...(version !== '' && { version }), items: itemsOf(list.filter(({ score }) => score !== null)) };
    });
};

const MEANING: Readonly<Record<string, string>> = {
  no_judge: 'no judge is configured (EVALUATION_JUDGE)',
  no_embeddings: 'no embeddings are configured (SIMILARITY)',
  bad_scorer: 'their scorer cannot be used',
  no_expected_answer: 'they have no expected answer to hold answers to',
  unpaired: 'only one version answered',
  run_budget: "the judge's budget of this judgement is used up",
  month_budget: "the judge's budget of this month is used up",
  model_failed: 'the model that scores gave no usable answer',
  model_away: 'the model that scores was not to be had',
  timeout: 'scoring took too long',
};

const missingNotes = (answers: readonly AnswerRecord[]): string[] => {
  const unscored = answers.filter(({ fault }) => fault !== null && isScoringFault(fault));
  const byReason = Map.groupBy(unscored, ({ scorer, fault }) => `${scorer?.name ?? ''}\n${scoringFaultOf(fault ?? '')}`);
  return [...byReason].map(([key, list]) => {
    const [name = '', fault = ''] = key.split('\n');
    return `${itemsOf(list)} items have no score by ${name} and count as missing: ${MEANING[fault] ?? fault}`;
  });
};

const steeringNotes = (answers: readonly AnswerRecord[]): string[] => {
  const steering = Map.groupBy(answers.filter(({ reasons }) => reasons.includes(STEERED)), ({ versionId }) => versionId);
  return [...steering].map(([versionId, list]) => `${list.length} answers of ${versionId} speak to their judge, and lost without being read by it`);
};

/** Items without a score, by scorer and reason, and answers that tried to steer the judge, for people. */
export const scoringNotes = (answers: readonly AnswerRecord[]): string[] => [...missingNotes(answers), ...steeringNotes(answers)];
