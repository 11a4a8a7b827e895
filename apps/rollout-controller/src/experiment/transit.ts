import { alertsAfter } from '../alerts/alert-effect.js';
import { type ExperimentCounts, nothingCounted } from './experiment-counts.js';
import type { ExperimentDecision, ExperimentDraft, ExperimentEffect } from './experiment-decision.js';
import { applyExperimentTransition, type ExperimentState, type ExperimentTransition, hasArms, isOver, type MutableExperiment } from './experiment-state.js';

export const unchanged = (state: ExperimentState, ...effects: ExperimentEffect[]): ExperimentDecision => ({ state, transitions: [], effects });

const mutable = ({ status, hold, control, startedAt, fractions, unitsRead, mayAdjust, verdict, reading, openAlerts }: ExperimentState): MutableExperiment => ({
  status, hold, control, startedAt, fractions, unitsRead, mayAdjust, verdict, reading, openAlerts,
});

interface Place {
  readonly state: ExperimentState;
  readonly at: number;
  readonly counts?: ExperimentCounts;
}

/** What an end, or another reason to hold, has answered. */
const answered = (after: Pick<MutableExperiment, 'status' | 'hold'>): readonly string[] => {
  if (isOver(after)) return ['experiment_split', 'experiment_no_data', 'experiment_long'];
  return after.hold === 'no_data' ? [] : ['experiment_no_data'];
};

/** Makes the row of a change, closes the alerts that it answers, and adds what the world must be told. */
export const transit = ({ state, at, counts = nothingCounted }: Place, { actor, reason, change, commandId, alert }: ExperimentDraft): ExperimentDecision => {
  const sequence = state.sequence + 1;
  const moved = { ...mutable(state), ...change };
  const closed = answered(moved);
  const { openAlerts, effects: alerts } = alertsAfter(state.openAlerts, { sequence, reason, answers: (name) => closed.includes(name), alert });
  const effects: ExperimentEffect[] = hasArms(moved) === hasArms(state) ? [...alerts] : [{ type: 'route', on: hasArms(moved) }, ...alerts];
  if (moved.status === 'concluded') effects.push({ type: 'conclude' });
  const after: MutableExperiment = { ...moved, openAlerts };
  const transition: ExperimentTransition = { sequence, from: state.status, to: after.status, at, actor, reason, ...(commandId !== undefined && { commandId }), after, counts };
  return { state: applyExperimentTransition(state, transition), transitions: [transition], effects };
};
