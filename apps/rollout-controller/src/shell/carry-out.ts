import { experimentConcluded, rolloutAdvanced, versionPromoted, versionRolledBack } from '@ratchet/domain';
import { derivedId } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';
import { findVerdict } from '../persistence/decision.repository.js';
import { appendTransition, findCandidate, type RolloutRow } from '../persistence/rollout.repository.js';
import { changeRouting, type Draining, type TargetRow } from '../persistence/target.repository.js';
import type { Decision, Drain, Effect } from '../rollout/decision.js';
import type { Evidence } from '../rollout/evidence.js';
import { concludeExperiment } from '../rollout/experiment.js';
import { termsOf, USUAL_REFERENCES } from '../rollout/rollout-policy.js';
import type { Transition } from '../rollout/rollout-state.js';
import { isAlertEffect, tellAlert } from './tell-alert.js';

interface CarryOut {
  readonly tx: Transaction;
  /** Locked. */
  readonly target: TargetRow;
  readonly row: RolloutRow;
  readonly decision: Decision;
  readonly evidence: Evidence;
}

/** Tells the world of a transition: a promotion, a rollback, or any other step. */
const announce = async ({ tx, row, decision: { state } }: CarryOut, transition: Transition): Promise<void> => {
  const { rolloutId, cycleId, target, version, baseVersion } = state;
  const { sequence, actor, reason, evidence, at, from, to, after, commandId } = transition;
  const common = { rolloutId, cycleId, ...target, version, previousVersion: baseVersion, actor, reason, sequence, evidence, ...(commandId !== undefined && { commandId }) };
  const options = { id: derivedId('transition', rolloutId, sequence), correlationId: cycleId };
  const instant = new Date(at).toISOString();
  if (after.status === 'PROMOTED') {
    const candidate = (await findCandidate(tx, state)) ?? { datasetIds: [], opportunityIds: [] };
    const verdict = await findVerdict(tx, state);
    tx.emit(versionPromoted, { ...common, ...candidate, ...(verdict && { verdict }), promotedAt: instant }, options);
  } else if (after.status === 'ROLLED_BACK') {
    tx.emit(versionRolledBack, { ...common, stage: after.stage, metric: transition.metric ?? 'operator', rolledBackAt: instant }, options);
  } else {
    tx.emit(rolloutAdvanced, { ...common, from, to, stage: after.stage, share: after.share, needsPerson: after.hold?.needsHuman ?? after.status === 'AWAITING_APPROVAL', terms: termsOf(row.policy, after.references ?? USUAL_REFERENCES), advancedAt: instant }, options);
  }
};

const isHuman = (actor: string): boolean => actor.startsWith('human:');

/** Whoever orders a rollback wants no answer of the candidate any more, nor of one before it. */
const drainingOf = ({ row, decision }: CarryOut, drain: Drain | undefined): { draining?: Draining | null } => {
  const { rolloutId, version, status } = decision.state;
  if (status === 'ROLLED_BACK' && isHuman(decision.transitions.at(-1)?.actor ?? '')) return { draining: null };
  if (!drain) return {};
  return { draining: { rolloutId, candidate: version, salt: rolloutId, share: drain.share, stage: drain.stage, stickTo: row.policy.stickTo, until: new Date(drain.until).toISOString() } };
};

const route = async (work: CarryOut, effect: Extract<Effect, { type: 'route' | 'promote' }>): Promise<TargetRow> => {
  const { tx, target, row, decision } = work;
  const { rolloutId, cycleId, version } = decision.state;
  const transition = decision.transitions.at(-1);
  const share = effect.type === 'route' ? effect.share : 0;
  return changeRouting(tx, target, {
    champion: effect.type === 'promote' ? version : target.champion,
    stickTo: row.policy.stickTo,
    ...(effect.type === 'route' && share > 0 && { rollout: { rolloutId, candidate: version, share, stage: effect.stage } }),
    ...drainingOf(work, effect.type === 'route' ? effect.drain : undefined),
    actor: transition?.actor ?? '',
    reason: transition?.reason ?? '',
    at: transition?.at ?? 0,
    correlationId: cycleId,
  });
};

const conclude = ({ tx, row, decision, evidence }: CarryOut, at: number): void => {
  const { rolloutId, cycleId, target, version, baseVersion } = decision.state;
  tx.emit(
    experimentConcluded,
    { experimentId: rolloutId, ...target, control: baseVersion, treatment: version, ...concludeExperiment(evidence, row.policy), concludedAt: new Date(at).toISOString() },
    { id: derivedId('experiment', rolloutId), correlationId: cycleId },
  );
};

/** Stores a decision's rows and writes what follows from it to the outbox, in the caller's transaction. Returns the target as it is then. */
export const carryOut = async (work: CarryOut): Promise<TargetRow> => {
  const { tx, decision } = work;
  const { rolloutId, cycleId, target: of } = decision.state;
  let { target } = work;
  for (const transition of decision.transitions) {
    await appendTransition(tx, decision.state, transition);
    for (const effect of decision.effects) {
      if (effect.type === 'route' || effect.type === 'promote') target = await route({ ...work, target }, effect);
    }
    await announce(work, transition);
    for (const effect of decision.effects) {
      if (effect.type === 'conclude') conclude(work, transition.at);
      if (isAlertEffect(effect)) tellAlert({ tx, ownerId: rolloutId, correlationId: cycleId, target: of, at: transition.at }, effect);
    }
  }
  return target;
};
