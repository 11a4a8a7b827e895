import { Inject, Injectable } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { alertRaised, alertResolved, qualityEvaluated, targetKey } from '@ratchet/domain';
import type { Interaction } from '@ratchet/domain';
import { derivedId } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';
import { CONFIG } from '@ratchet/service';
import type { Config } from '../config.js';
import { EvaluatorMetrics } from '../metrics.js';
import { QualityRepository } from '../persistence/quality.repository.js';
import { VersionsRepository } from '../persistence/versions.repository.js';
import { decideAlert } from './decide-alert.js';
import type { AlertRule, QualityWindow } from './decide-alert.js';
import { evaluateQuality, exchangeOf } from './evaluators.js';
import type { EvaluatorName, QualityReport } from './evaluators.js';

/** Scores sampled traffic and raises an alert where a window of scores is too low. */
@Injectable()
export class QualityMonitor {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly versions: VersionsRepository,
    private readonly quality: QualityRepository,
    private readonly metrics: EvaluatorMetrics,
  ) {}

  async evaluate(event: EventEnvelope<Interaction>, tx: Transaction): Promise<void> {
    const interaction = event.data;
    const exchange = exchangeOf(interaction, await this.versions.bundleOf(tx, interaction.version));
    if (!exchange) return;
    const report = evaluateQuality(exchange, { answerMaxChars: this.config.ANSWER_MAX_CHARS });
    const evaluatedAt = new Date().toISOString();
    if (!(await this.quality.save(tx, { interaction, scores: report.scores, evaluatedAt }))) return;
    const evaluationId = derivedId('quality.evaluated', interaction.interactionId);
    const { interactionId, conversationId, userId, model, workload, version, assignment } = interaction;
    tx.emit(
      qualityEvaluated,
      { evaluationId, interactionId, conversationId, ...(userId !== undefined && { userId }), model, workload, version, scores: [...report.scores], ...(assignment && { assignment }), evaluatedAt },
      { id: evaluationId, causationId: event.id },
    );
    this.count(report);
    await this.checkAlerts(event, tx, report);
  }

  private count({ scores, off }: QualityReport): void {
    for (const { evaluator, score } of scores) {
      this.metrics.evaluations.inc({ evaluator, result: 'scored' });
      this.metrics.scores.observe({ evaluator }, score);
    }
    for (const evaluator of off) this.metrics.evaluations.inc({ evaluator, result: 'off' });
  }

  private ruleOf(evaluator: EvaluatorName): AlertRule {
    const { QUALITY_THRESHOLD, QUALITY_SAFETY_THRESHOLD, QUALITY_SAMPLES_MIN, QUALITY_HYSTERESIS } = this.config;
    return { threshold: evaluator === 'safety' ? QUALITY_SAFETY_THRESHOLD : QUALITY_THRESHOLD, samplesMin: QUALITY_SAMPLES_MIN, hysteresis: QUALITY_HYSTERESIS };
  }

  private async checkAlerts(event: EventEnvelope<Interaction>, tx: Transaction, { scores }: QualityReport): Promise<void> {
    const { model, workload } = event.data;
    const windows = await this.quality.windows(tx, { model, workload, size: this.config.QUALITY_WINDOW });
    for (const { evaluator } of scores) {
      const window = windows.get(evaluator);
      if (!window) continue;
      const rule = this.ruleOf(evaluator);
      const alertId = await this.quality.openAlert(tx, { model, workload, evaluator });
      const decision = decideAlert({ open: alertId !== undefined, window, rule });
      if (decision === 'raise') await this.raise({ event, tx, evaluator, window, rule });
      if (decision === 'resolve' && alertId !== undefined) await this.resolve({ event, tx, evaluator, window, alertId });
    }
  }

  private async raise({ event, tx, evaluator, window, rule }: AlertChange & { rule: AlertRule }): Promise<void> {
    const { interactionId, model, workload } = event.data;
    const alertId = derivedId('quality.alert', model, workload, evaluator, interactionId);
    const raisedAt = new Date().toISOString();
    if (!(await this.quality.raise(tx, { alertId, model, workload, evaluator, raisedAt }))) return;
    const severity = evaluator === 'safety' ? 'critical' : 'warning';
    const message = `Mean ${evaluator} of the last ${window.samples} sampled answers of ${targetKey(event.data)} is ${window.mean.toFixed(3)}, below ${rule.threshold}`;
    tx.emit(alertRaised, { alertId, workload, name: alertName(evaluator), severity, message, raisedAt }, { id: derivedId('alert.raised', alertId), causationId: event.id });
    this.metrics.alerts.inc({ evaluator, change: 'raised' });
  }

  private async resolve({ event, tx, evaluator, window, alertId }: AlertChange & { alertId: string }): Promise<void> {
    const resolvedAt = new Date().toISOString();
    if (!(await this.quality.resolve(tx, { alertId, resolvedAt }))) return;
    const message = `Mean ${evaluator} of the last ${window.samples} sampled answers of ${targetKey(event.data)} is ${window.mean.toFixed(3)} again`;
    tx.emit(alertResolved, { alertId, workload: event.data.workload, name: alertName(evaluator), message, resolvedAt }, { id: derivedId('alert.resolved', alertId), causationId: event.id });
    this.metrics.alerts.inc({ evaluator, change: 'resolved' });
  }
}

interface AlertChange {
  readonly event: EventEnvelope<Interaction>;
  readonly tx: Transaction;
  readonly evaluator: EvaluatorName;
  readonly window: QualityWindow;
}

const alertName = (evaluator: EvaluatorName): string => `quality_${evaluator}_low`;
