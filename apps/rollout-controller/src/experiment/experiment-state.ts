import type { ExperimentUpdated, Target } from '@ratchet/domain';
import type { ExperimentCounts } from './experiment-counts.js';
import type { ExperimentSettings } from './experiment-settings.js';
import type { ExperimentVerdict } from './looks.js';
import type { Reading } from './read-out.js';

export type ExperimentStatus = ExperimentUpdated['status'];

/** What transitions change. Times are epoch milliseconds. */
export interface MutableExperiment {
  readonly status: ExperimentStatus;
  /** Why a held experiment concludes nothing: the split is broken (for good), or no counts come. */
  readonly hold: 'split' | 'no_data' | null;
  readonly control: string;
  readonly startedAt: number | null;
  /** Part of the planned information at each look that was taken. */
  readonly fractions: readonly number[];
  /** Of an open plan: units at the last reading that was put on record. */
  readonly unitsRead: number;
  /** False once a look had too few covariates. */
  readonly mayAdjust: boolean;
  readonly verdict: ExperimentVerdict | null;
  readonly reading: Reading | null;
  /** Sequence of the transition that raised each open alert. */
  readonly openAlerts: Readonly<Record<string, number>>;
}

export interface ExperimentIdentity {
  readonly experimentId: string;
  readonly target: Target;
  readonly treatment: string;
  /** Who ordered it, and why. */
  readonly orderedBy: string;
  readonly orderReason: string;
  /** The control is whoever is the champion when it starts. */
  readonly controlIsChampion: boolean;
  readonly settings: ExperimentSettings;
}

export interface ExperimentState extends ExperimentIdentity, MutableExperiment {
  /** Of the last transition; 0 before the first. */
  readonly sequence: number;
}

/** One append-only row: enough to rebuild the state and to say why it was right. */
export interface ExperimentTransition {
  readonly sequence: number;
  readonly from: ExperimentStatus;
  readonly to: ExperimentStatus;
  readonly at: number;
  /** `human:<who>` or `policy:<formula version>`. */
  readonly actor: string;
  readonly reason: string;
  readonly commandId?: string;
  readonly after: MutableExperiment;
  /** What the row rests on. */
  readonly counts: ExperimentCounts;
}

export const newExperiment = (identity: ExperimentIdentity, control: string): ExperimentState => ({
  ...identity, sequence: 0, status: 'queued', hold: null, control, startedAt: null, fractions: [], unitsRead: 0, mayAdjust: true, verdict: null, reading: null, openAlerts: {},
});

export const isOver = ({ status }: Pick<MutableExperiment, 'status'>): boolean => status === 'concluded' || status === 'cancelled';

/** Holds its target's one place for traffic. */
export const hasArms = ({ status }: Pick<MutableExperiment, 'status'>): boolean => status === 'running' || status === 'held';

/** The only way that a state changes. Throws a RangeError on a gap or on a change of what is over. */
export const applyExperimentTransition = (state: ExperimentState, { sequence, after }: ExperimentTransition): ExperimentState => {
  if (sequence !== state.sequence + 1) throw new RangeError(`transition ${sequence} of experiment ${state.experimentId} does not follow ${state.sequence}: the record has a gap or a repeat`);
  if (isOver(state)) throw new RangeError(`experiment ${state.experimentId} is ${state.status}, which never changes`);
  return { ...state, ...after, sequence };
};

/** The state that an experiment's rows, in order, lead to. */
export const replayExperiment = (initial: ExperimentState, transitions: readonly ExperimentTransition[]): ExperimentState => transitions.reduce(applyExperimentTransition, initial);
