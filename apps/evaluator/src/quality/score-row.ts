import type { Interaction } from '@ratchet/domain';
import { storable } from '@ratchet/persistence';
import type { EvaluatorName, Finding, JudgeIdentity, QualityEvaluator, QualityScore } from './evaluators/quality-evaluator.js';

/** What a score belongs to. */
export type ScoredInteraction = Pick<Interaction, 'interactionId' | 'conversationId' | 'userId' | 'model' | 'workload' | 'version' | 'assignment'>;

export interface ScoreRow {
  readonly evaluator: EvaluatorName;
  readonly judge?: JudgeIdentity | undefined;
  readonly finding: Finding;
  readonly isPass: boolean;
  readonly rate: number;
  readonly weight: number;
}

/** Scores below a floor fail: such an interaction is one that somebody should look at. */
export type Floors = Readonly<Record<EvaluatorName, number>>;

export const asScoreRow = ({ evaluator, finding, rate, weight, floors }: { evaluator: Pick<QualityEvaluator, 'name' | 'judge'>; finding: Finding; rate: number; weight: number; floors: Floors }): ScoreRow => ({
  evaluator: evaluator.name,
  judge: evaluator.judge,
  // A text that was cut may end with half of a surrogate pair.
  finding: { ...finding, explanation: storable(finding.explanation) },
  isPass: finding.score >= floors[evaluator.name],
  rate,
  weight,
});

/** The score as it is published, also under OpenTelemetry's names. */
export const asPublished = ({ evaluator, judge, finding: { score, explanation, usage, costUsd }, isPass, rate }: ScoreRow): QualityScore => ({
  evaluator,
  score,
  explanation,
  'gen_ai.evaluation.name': evaluator,
  'gen_ai.evaluation.score.value': score,
  'gen_ai.evaluation.score.label': isPass ? 'pass' : 'fail',
  'gen_ai.evaluation.explanation': explanation,
  ...(judge && { judge }),
  ...(usage && { usage }),
  ...(costUsd !== undefined && { costUsd }),
  inclusionRate: rate,
});

/** Columns of a stream of scores that need no judge are empty. */
export const judgeColumns = (judge: JudgeIdentity | undefined): { judge: string; prompt: string } => ({ judge: judge ? `${judge.provider}/${judge.model}` : '', prompt: judge?.prompt ?? '' });
