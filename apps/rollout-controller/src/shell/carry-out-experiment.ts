import { experimentConcluded, experimentUpdated } from '@ratchet/domain';
import { derivedId } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';
import type { ExperimentDecision } from '../experiment/experiment-decision.js';
import { type ExperimentState, type ExperimentTransition, isOver } from '../experiment/experiment-state.js';
import { appendExperimentTransition, type ExperimentRow } from '../persistence/experiment.repository.js';
import { forgetVitals } from '../persistence/experiment-tally.repository.js';
import { changeRouting, type TargetRow } from '../persistence/target.repository.js';
import { isAlertEffect, tellAlert } from './tell-alert.js';

interface CarryOut {
  readonly tx: Transaction;
  /** Locked. */
  readonly target: TargetRow;
  readonly row: ExperimentRow;
  readonly decision: ExperimentDecision;
}

const announce = (tx: Transaction, state: ExperimentState, { sequence, after, actor, reason, at, commandId }: ExperimentTransition): void => {
  const { experimentId, target, treatment, settings } = state;
  const { plan, share, controlShare, alpha, margin, onWin } = settings;
  const { status, control, fractions, reading } = after;
  tx.emit(
    experimentUpdated,
    {
      experimentId, ...target, control, treatment, sequence, status, plan, share, controlShare, alpha, margin, looks: fractions.length, actor, reason, onWin,
      ...(commandId !== undefined && { commandId }), ...(reading && { reading }), updatedAt: new Date(at).toISOString(),
    },
    { id: derivedId('experiment-transition', experimentId, sequence), correlationId: experimentId },
  );
};

const conclude = (tx: Transaction, state: ExperimentState, { after, reason, at }: ExperimentTransition): void => {
  const { experimentId, target, treatment, settings } = state;
  if (after.verdict === null || after.reading === null) return;
  tx.emit(
    experimentConcluded,
    { experimentId, ...target, control: after.control, treatment, verdict: after.verdict, ...after.reading, plan: settings.plan, reason, concludedAt: new Date(at).toISOString() },
    { id: derivedId('experiment', experimentId), correlationId: experimentId },
  );
};

const route = ({ tx, target, row, decision }: CarryOut, on: boolean, { actor, reason, at }: ExperimentTransition): Promise<TargetRow> => {
  const { experimentId, treatment, control, settings } = decision.state;
  const { share, controlShare } = settings;
  const arms = { rolloutId: experimentId, candidate: treatment, share, stage: 1, kind: 'experiment' as const, ...(control !== target.champion && { control }), ...(controlShare !== share && { controlShare }) };
  return changeRouting(tx, target, { champion: target.champion, stickTo: row.policy.stickTo, ...(on && { rollout: arms }), actor, reason, at, correlationId: experimentId });
};

/** Stores a decision's row and writes what follows from it to the outbox, in the caller's transaction. Returns the target as it is then. */
export const carryOutExperiment = async (work: CarryOut): Promise<TargetRow> => {
  const { tx, decision } = work;
  const { experimentId, target: of } = decision.state;
  let { target } = work;
  for (const transition of decision.transitions) {
    await appendExperimentTransition(tx, decision.state, transition);
    for (const effect of decision.effects) if (effect.type === 'route') target = await route({ ...work, target }, effect.on, transition);
    announce(tx, decision.state, transition);
    for (const effect of decision.effects) {
      if (effect.type === 'conclude') conclude(tx, decision.state, transition);
      if (isAlertEffect(effect)) tellAlert({ tx, ownerId: experimentId, correlationId: experimentId, target: of, at: transition.at }, effect);
    }
    if (isOver(decision.state)) await forgetVitals(tx, experimentId);
  }
  return target;
};
