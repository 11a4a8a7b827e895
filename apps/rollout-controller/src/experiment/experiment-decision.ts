import type { Command } from '@ratchet/domain';
import type { AlertDraft, AlertEffect } from '../alerts/alert-effect.js';
import type { RolloutPolicy } from '../rollout/rollout-policy.js';
import type { GuardPolicy } from './arm-guards.js';
import type { ExperimentCounts } from './experiment-counts.js';
import type { ExperimentState, ExperimentTransition, MutableExperiment } from './experiment-state.js';

/** Names formulas, order of checks and their combination; changes with any of them. */
export const EXPERIMENT_FORMULA_VERSION = 'experiment-1';
export const EXPERIMENT_ACTOR = `policy:${EXPERIMENT_FORMULA_VERSION}`;

/** What of a rollout's policy an experiment keeps to; frozen into it when it is ordered. */
export type ExperimentPolicy = GuardPolicy & Pick<RolloutPolicy, 'noDataDeadlineMs' | 'maxStageMs' | 'stickTo'>;

export const experimentPolicyOf = ({ alpha, weights, safety, errorMargin, errorTau, minTestSample, noDataDeadlineMs, maxStageMs, stickTo }: RolloutPolicy): ExperimentPolicy => {
  const errorAlpha = (alpha * weights.errors) / Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  return { safety, errorMargin, errorAlpha, errorTau, minTestSample, noDataDeadlineMs, maxStageMs, stickTo };
};

export type StopCommand = Extract<Command, { name: 'experiment.stop' | 'rollout.rollback' }>;

/** What an experiment reacts to. `at` is epoch milliseconds. */
export type ExperimentEvent =
  /** A person ordered it; `refusal` says why there can be no such experiment. */
  | { readonly type: 'ordered'; readonly at: number; readonly commandId: string; readonly refusal?: string }
  /** Somebody looked at the queue: may this one start? */
  | { readonly type: 'considered'; readonly at: number; readonly champion: string; readonly placeFree: boolean }
  | { readonly type: 'evaluated'; readonly at: number; readonly champion: string; readonly counts: ExperimentCounts }
  | { readonly type: 'stopped'; readonly at: number; readonly command: StopCommand; readonly counts: ExperimentCounts };

/** What the shell does in the transaction that stores the transition. */
export type ExperimentEffect =
  | { readonly type: 'route'; readonly on: boolean }
  | { readonly type: 'conclude' }
  /** The treatment won against the champion, and shall have an ordinary rollout. */
  | { readonly type: 'openRollout' }
  | AlertEffect
  | { readonly type: 'refuse'; readonly message: string };

export interface ExperimentDecision {
  readonly state: ExperimentState;
  readonly transitions: readonly ExperimentTransition[];
  readonly effects: readonly ExperimentEffect[];
}

/** A change before it has become a row. */
export interface ExperimentDraft {
  readonly actor: string;
  readonly reason: string;
  readonly change: Partial<MutableExperiment>;
  readonly commandId?: string;
  readonly alert?: AlertDraft;
}
