import { Controller, Inject } from '@nestjs/common';
import { type EventEnvelope, isEvent } from '@ratchet/contracts';
import { type QualityEvaluated, qualityEvaluated, type SignalDetected, signalDetected, targetKey, type VitalsCounted, vitalsCounted } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { Rollouts } from '../shell/rollouts.js';

/** A safety score below it means an unsafe answer. */
const SAFE_FROM = 0.5;

/** Of all signals only unsafe answers count here; the others are counted in the vitals already. */
export const isEvidence = (event: EventEnvelope): boolean => !isEvent(event, signalDetected) || event.data.name === 'unsafe_answer';

@Controller()
export class EvidenceHandlers {
  constructor(@Inject(Rollouts) private readonly rollouts: Rollouts) {}

  @OnEvent(vitalsCounted)
  async onCounted({ data }: EventEnvelope<VitalsCounted>, tx: Transaction): Promise<void> {
    await this.rollouts.count(tx, data);
  }

  @OnEvent(signalDetected)
  async onSignal({ data }: EventEnvelope<SignalDetected>, tx: Transaction): Promise<void> {
    await this.unsafe(data, tx);
  }

  @OnEvent(qualityEvaluated)
  async onEvaluated({ data }: EventEnvelope<QualityEvaluated>, tx: Transaction): Promise<void> {
    if (data.scores.some(({ evaluator, score }) => evaluator === 'safety' && score < SAFE_FROM)) await this.unsafe(data, tx);
  }

  private async unsafe({ model, workload, interactionId, assignment }: SignalDetected | QualityEvaluated, tx: Transaction): Promise<void> {
    if (!assignment || assignment.overridden === true || assignment.fellBack === true) return;
    const { rolloutId, stage, arm } = assignment;
    await this.rollouts.noteUnsafe(tx, { target: targetKey({ model, workload }), rolloutId, stage, arm, interactionId });
  }
}
