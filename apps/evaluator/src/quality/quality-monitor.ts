import { Inject, Injectable } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { qualityEvaluated, signalDetected } from '@ratchet/domain';
import type { Interaction, QualityEvaluated } from '@ratchet/domain';
import { derivedId, Logger } from '@ratchet/observability';
import { storable } from '@ratchet/persistence';
import type { Transaction } from '@ratchet/persistence';
import { CONFIG } from '@ratchet/service';
import type { Config } from '../config.js';
import { EvaluatorMetrics } from '../metrics.js';
import { QualityRepository } from '../persistence/quality.repository.js';
import { VersionsRepository } from '../persistence/versions.repository.js';
import { exchangeOf, isOff, streamOf } from './evaluators/quality-evaluator.js';
import type { QualityEvaluator } from './evaluators/quality-evaluator.js';
import { openRuleEvaluators } from './evaluators/rule-evaluators.js';
import { JudgePanel } from './judges/judge-panel.js';
import { lotOf, stratumOf } from './sampling/sample.js';
import { SamplingRates } from './sampling/sampling-rates.js';
import { asPublished, asScoreRow, judgeColumns } from './score-row.js';
import type { ScoredInteraction, ScoreRow } from './score-row.js';

type OffList = NonNullable<QualityEvaluated['off']>;

const EVIDENCE_MAX = 500;

/** What evaluators found of one interaction, on its way into the store and out as events. */
export interface Findings {
  readonly evaluationId: string;
  readonly interaction: ScoredInteraction;
  readonly scores: readonly ScoreRow[];
  readonly off: OffList;
  readonly causationId: string;
}

/** Scores sampled traffic by rules, and hands it on to the judges where there are any. */
@Injectable()
export class QualityMonitor {
  private readonly rules: readonly QualityEvaluator[];

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly versions: VersionsRepository,
    private readonly quality: QualityRepository,
    private readonly rates: SamplingRates,
    private readonly panel: JudgePanel,
    private readonly metrics: EvaluatorMetrics,
    private readonly logger: Logger,
  ) {
    this.rules = openRuleEvaluators({ answerMaxChars: config.ANSWER_MAX_CHARS, rules: config.QUALITY_RULES });
  }

  async evaluate(event: EventEnvelope<Interaction>, tx: Transaction): Promise<void> {
    const interaction = event.data;
    const plan = this.rates.of(stratumOf(interaction));
    const lot = lotOf(interaction.interactionId);
    // The rate may have fallen since the event was let in.
    if (lot >= plan.highest) return;
    const exchange = exchangeOf(interaction, await this.versions.bundleOf(tx, interaction.version));
    if (!exchange) return;
    const scores: ScoreRow[] = [];
    const off: OffList = this.panel.isOn ? [] : [...this.panel.whyOff];
    for (const evaluator of this.rules) {
      const stream = streamOf(evaluator);
      if (lot >= plan.rateOf(stream)) continue;
      const finding = await evaluator.evaluate(exchange);
      if (isOff(finding)) off.push({ evaluator: evaluator.name, reason: finding.off });
      else scores.push(asScoreRow({ evaluator, finding, rate: plan.rateOf(stream), weight: plan.weightOf(stream), floors: this.config.QUALITY_FLOORS }));
    }
    const evaluatedAt = new Date().toISOString();
    if (!(await this.quality.open(tx, interaction, evaluatedAt))) return;
    await this.publish(tx, { evaluationId: derivedId('quality.evaluated', interaction.interactionId), interaction, scores, off, causationId: event.id }, evaluatedAt);
    const due = this.panel.judges.filter((judge) => lot < plan.rateOf(streamOf(judge)));
    if (due.length > 0) await this.panel.enqueue(tx, { interaction, exchange, plan, due, causationId: event.id });
  }

  /** Stores scores, and tells of them: all in `quality.evaluated`, each failing one as the signal `quality_low`. */
  async publish(tx: Transaction, { evaluationId, interaction, scores, off, causationId }: Findings, evaluatedAt: string): Promise<void> {
    await this.quality.addScores(tx, interaction, scores, evaluatedAt);
    const { interactionId, conversationId, userId, model, workload, version, assignment } = interaction;
    const subject = { interactionId, conversationId, ...(userId !== undefined && { userId }), model, workload, version, ...(assignment && { assignment }) };
    tx.emit(qualityEvaluated, { evaluationId, ...subject, scores: scores.map(asPublished), ...(off.length > 0 && { off }), evaluatedAt }, { id: evaluationId, causationId });
    for (const { evaluator, judge, finding, isPass } of scores) {
      if (isPass) continue;
      const floor = this.config.QUALITY_FLOORS[evaluator];
      const signalId = derivedId('quality_low', interactionId, evaluator, ...Object.values(judgeColumns(judge)));
      const evidence = { evaluator, score: finding.score, floor, explanation: storable(finding.explanation.slice(0, EVIDENCE_MAX)), ...(judge && { judge: `${judge.provider}/${judge.model}`, prompt: judge.prompt }) };
      // Scoring takes its own time, so it is never part of an interaction's window: it changes no count, and is joined by the interaction's id.
      tx.emit(signalDetected, { signalId, ...subject, name: 'quality_low', strength: (floor - finding.score) / floor, evidence, late: true, detectedAt: evaluatedAt }, { id: signalId, causationId: evaluationId });
    }
    this.count(scores, off);
  }

  private count(scores: readonly ScoreRow[], off: OffList): void {
    const kindOf = (judge: object | undefined): string => (judge ? 'judge' : 'rule');
    for (const { evaluator, judge, finding } of scores) {
      this.metrics.evaluations.inc({ evaluator, kind: kindOf(judge), result: 'scored' });
      this.metrics.scores.observe({ evaluator, kind: kindOf(judge) }, finding.score);
    }
    for (const { evaluator, reason, judge } of off) this.metrics.evaluations.inc({ evaluator, kind: reason === 'no_judge' ? 'judge' : kindOf(judge), result: reason });
    if (off.length > 0) this.logger.debug('evaluators were off', { off });
  }
}
