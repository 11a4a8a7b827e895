import { Controller, Inject } from '@nestjs/common';
import { type EventEnvelope, isEvent } from '@ratchet/contracts';
import { type QualityEvaluated, qualityEvaluated, type SignalDetected, signalDetected, targetKey, type VitalsCounted, vitalsCounted } from '@ratchet/domain';
import { type HandlerTransaction, OnEvent } from '@ratchet/service';
import { noteOffset } from '../persistence/evidence-offset.repository.js';
import { findRollout } from '../persistence/rollout.repository.js';
import { noteQuality, type QualityScore } from '../persistence/tally.repository.js';
import { lockTarget } from '../persistence/target.repository.js';
import { streamOf } from '../rollout/mean-guards.js';
import { isTerminal } from '../rollout/rollout-state.js';
import { Rollouts } from '../shell/rollouts.js';

/** A safety score below it means an unsafe answer. */
const SAFE_FROM = 0.5;

/** Of all signals only unsafe answers count here; the others are counted in the vitals already. */
export const isEvidence = (event: EventEnvelope): boolean => !isEvent(event, signalDetected) || event.data.name === 'unsafe_answer';

/** Safety is a guard of its own, and a score that had no chance to be taken stands for nothing. */
const countedScores = ({ scores, interactionId, conversationId }: QualityEvaluated): readonly QualityScore[] =>
  scores
    .filter(({ evaluator, inclusionRate = 1 }) => evaluator !== 'safety' && inclusionRate > 0)
    .map(({ evaluator, judge, score, inclusionRate = 1 }) => ({ interactionId, conversationId, evaluator: streamOf(evaluator, judge ? 'judges' : 'rules'), score, weight: 1 / inclusionRate }));

/** Scores of a rollout's arms. A tester's override is in no arm, and what fell back was another version's answer. They are looked at with the next tick. */
const countQuality = async (data: QualityEvaluated, tx: HandlerTransaction): Promise<void> => {
  const { assignment } = data;
  const scores = countedScores(data);
  if (!assignment || assignment.overridden === true || assignment.fellBack === true || scores.length === 0) return;
  const { rolloutId, stage, arm, version } = assignment;
  if (!(await lockTarget(tx, targetKey(data)))) return;
  const row = await findRollout(tx, rolloutId);
  if (!row || isTerminal(row.state) || version !== (arm === 'candidate' ? row.state.version : row.state.baseVersion)) return;
  await noteQuality(tx, { rolloutId, stage, arm }, scores);
  if (tx.position) await noteOffset(tx, rolloutId, tx.position);
};

@Controller()
export class EvidenceHandlers {
  constructor(@Inject(Rollouts) private readonly rollouts: Rollouts) {}

  @OnEvent(vitalsCounted)
  async onCounted({ data }: EventEnvelope<VitalsCounted>, tx: HandlerTransaction): Promise<void> {
    await this.rollouts.count(tx, data);
  }

  @OnEvent(signalDetected)
  async onSignal({ data }: EventEnvelope<SignalDetected>, tx: HandlerTransaction): Promise<void> {
    await this.unsafe(data, tx);
  }

  @OnEvent(qualityEvaluated)
  async onEvaluated({ data }: EventEnvelope<QualityEvaluated>, tx: HandlerTransaction): Promise<void> {
    if (data.scores.some(({ evaluator, score }) => evaluator === 'safety' && score < SAFE_FROM)) await this.unsafe(data, tx);
    await countQuality(data, tx);
  }

  private async unsafe({ model, workload, interactionId, assignment }: SignalDetected | QualityEvaluated, tx: HandlerTransaction): Promise<void> {
    if (!assignment || assignment.overridden === true || assignment.fellBack === true) return;
    const { rolloutId, stage, arm } = assignment;
    await this.rollouts.noteUnsafe(tx, { target: targetKey({ model, workload }), rolloutId, stage, arm, interactionId });
  }
}
