import type { Command, EvidenceRecord } from '@ratchet/domain';
import type { AlertDraft, AlertEffect } from '../alerts/alert-effect.js';
import type { Evidence } from './evidence.js';
import { FORMULA_VERSION, type ReferenceRates } from './rollout-policy.js';
import type { MutableState, RolloutState, Transition } from './rollout-state.js';

export const POLICY_ACTOR = `policy:${FORMULA_VERSION}`;

/** What a rollout reacts to. `at` is epoch milliseconds. */
export type DecideEvent =
  | { readonly type: 'judged'; readonly at: number; readonly outcome: 'passed' | 'insufficient'; readonly message: string }
  /** Somebody looked at the queue: may this one start? */
  | { readonly type: 'considered'; readonly at: number; readonly champion: string; readonly placeFree: boolean; readonly automationHeld: boolean; readonly references: ReferenceRates }
  /** `successor`: a newer candidate that is ready, and whose policy is to take the place of what has traffic. */
  | { readonly type: 'evaluated'; readonly at: number; readonly evidence: Evidence; readonly automationHeld: boolean; readonly successor?: string }
  | { readonly type: 'commanded'; readonly at: number; readonly command: Command; readonly evidence: Evidence };

/** The share and stage that a candidate has lost, and until when (epoch milliseconds) it finishes what it has begun there. */
export interface Drain {
  readonly share: number;
  readonly stage: number;
  readonly until: number;
}

/** What the shell does in the transaction that stores the transitions. */
export type Effect =
  | { readonly type: 'route'; readonly share: number; readonly stage: number; readonly drain?: Drain }
  /** The candidate becomes the champion. */
  | { readonly type: 'promote' }
  | { readonly type: 'conclude' }
  | AlertEffect
  | { readonly type: 'refuse'; readonly message: string };

export interface Decision {
  readonly state: RolloutState;
  readonly transitions: readonly Transition[];
  readonly effects: readonly Effect[];
}

/** A change before it has become a row. */
export interface Draft {
  readonly actor: string;
  readonly reason: string;
  readonly change: Partial<MutableState>;
  readonly metric?: string;
  readonly commandId?: string;
  readonly record?: EvidenceRecord;
  readonly alert?: AlertDraft;
  readonly keepAlerts?: boolean;
  /** Conversations in flight may be finished by the candidate, where the policy has them drained. */
  readonly drains?: boolean;
}
