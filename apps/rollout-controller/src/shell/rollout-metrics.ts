import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@ratchet/observability';
import type { Transition } from '../rollout/rollout-state.js';

/** Stage and share per target, and what moved them. */
@Injectable()
export class RolloutMetrics {
  private readonly stage;
  private readonly share;
  private readonly transitions;
  private readonly rollbacks;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.stage = metrics.gauge({ name: 'ratchet_rollout_controller_stage_number', help: 'Stage of the rollout with traffic, 0 without one', labelNames: ['target'] });
    this.share = metrics.gauge({ name: 'ratchet_rollout_controller_share_ratio', help: 'Share of the traffic that the candidate gets', labelNames: ['target'] });
    this.transitions = metrics.counter({ name: 'ratchet_rollout_controller_transitions_total', help: 'Transitions, by the status that they lead to', labelNames: ['to'] });
    this.rollbacks = metrics.counter({ name: 'ratchet_rollout_controller_rollbacks_total', help: 'Rollbacks, by what failed', labelNames: ['metric'] });
  }

  show(target: string, place: { readonly stage: number; readonly share: number }): void {
    this.stage.set({ target }, place.stage);
    this.share.set({ target }, place.share);
  }

  count(transitions: readonly Transition[]): void {
    for (const { after, metric } of transitions) {
      this.transitions.inc({ to: after.status });
      if (after.status === 'ROLLED_BACK') this.rollbacks.inc({ metric: metric ?? 'operator' });
    }
  }
}
