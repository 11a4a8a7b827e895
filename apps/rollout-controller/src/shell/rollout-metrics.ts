import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@ratchet/observability';
import type { DecideEvent, Decision } from '../rollout/decision.js';
import type { RolloutState } from '../rollout/rollout-state.js';

/** From evidence of this very moment to that of a detector which had stopped. */
const LATENCY_BUCKETS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** What has a target's traffic. */
export interface Shown {
  readonly state: Pick<RolloutState, 'stage' | 'share'> & Partial<Pick<RolloutState, 'status' | 'hold' | 'stageEnteredAt'>>;
  /** Epoch milliseconds. */
  readonly lastCandidateDataAt?: number | null;
}

interface Occasion {
  readonly target: string;
  readonly event: DecideEvent['type'];
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Stage, share and hold per target, what moved them, and how soon. */
@Injectable()
export class RolloutMetrics {
  private readonly stage;
  private readonly share;
  private readonly held;
  private readonly silence;
  private readonly transitions;
  private readonly rollbacks;
  private readonly evaluations;
  private readonly latency;
  /** By target: reason of the hold that is shown. */
  private readonly shownHolds = new Map<string, string>();
  /** By target: the last moment that the newest evidence tells of, in epoch milliseconds. */
  private readonly evidenceAt = new Map<string, number>();

  constructor(@Inject(Metrics) metrics: Metrics) {
    const labelNames = ['target'];
    this.stage = metrics.gauge({ name: 'ratchet_rollout_controller_stage_number', toldBy: 'leader', help: 'Stage of the rollout with traffic, 0 without one', labelNames });
    this.share = metrics.gauge({ name: 'ratchet_rollout_controller_share_ratio', toldBy: 'leader', help: 'Share of the traffic that the candidate gets', labelNames });
    this.held = metrics.gauge({ name: 'ratchet_rollout_controller_held', toldBy: 'leader', help: '1 while the rollout with traffic holds, is paused or awaits an approval, by reason', labelNames: ['target', 'reason'] });
    this.silence = metrics.gauge({ name: 'ratchet_rollout_controller_candidate_silence_seconds', toldBy: 'leader', help: 'Time since counts of the candidate came, or since its stage began; 0 without a rollout', labelNames });
    this.transitions = metrics.counter({ name: 'ratchet_rollout_controller_transitions_total', help: 'Transitions, by the status that they lead to', labelNames: ['to'] });
    this.rollbacks = metrics.counter({ name: 'ratchet_rollout_controller_rollbacks_total', help: 'Rollbacks, by what failed', labelNames: ['metric'] });
    this.evaluations = metrics.counter({ name: 'ratchet_rollout_controller_evaluations_total', help: 'Looks at a rollout with traffic, by target', labelNames });
    this.latency = metrics.histogram({
      name: 'ratchet_rollout_controller_decision_latency_seconds',
      help: 'From the last moment that the newest evidence tells of to the share that the automation changed on it, by the status that followed',
      labelNames: ['to'],
      buckets: LATENCY_BUCKETS_S,
    });
  }

  show(target: string, shown: Shown | undefined, at: number): void {
    const { stage = 0, share = 0, status, hold, stageEnteredAt = null } = shown?.state ?? {};
    this.stage.set({ target }, stage);
    this.share.set({ target }, share);
    this.silence.set({ target }, shown ? Math.max(0, at - Math.max(shown.lastCandidateDataAt ?? 0, stageEnteredAt ?? at)) / 1000 : 0);
    const reason = hold?.reason ?? (status === 'PAUSED' ? 'paused' : status === 'AWAITING_APPROVAL' ? 'approval' : undefined);
    const before = this.shownHolds.get(target);
    if (before !== undefined && before !== reason) this.held.remove({ target, reason: before });
    if (reason === undefined) return void this.shownHolds.delete(target);
    this.held.set({ target, reason }, 1);
    this.shownHolds.set(target, reason);
  }

  /** Counts that tell of what happened until a moment, in epoch milliseconds. */
  noteEvidence(target: string, until: number): void {
    this.evidenceAt.set(target, Math.max(until, this.evidenceAt.get(target) ?? 0));
  }

  count({ transitions, effects }: Decision, { target, event, at }: Occasion): void {
    if (event === 'evaluated') this.evaluations.inc({ target });
    for (const { after, metric } of transitions) {
      this.transitions.inc({ to: after.status });
      if (after.status === 'ROLLED_BACK') this.rollbacks.inc({ metric: metric ?? 'operator' });
      const evidenceAt = this.evidenceAt.get(target);
      const isRouted = effects.some(({ type }) => type === 'route' || type === 'promote');
      if (event === 'evaluated' && isRouted && evidenceAt !== undefined) this.latency.observe({ to: after.status }, Math.max(0, at - evidenceAt) / 1000);
    }
  }
}
