import type { EvidenceRecord, Target } from '@ratchet/domain';
import type { StageTally } from './evidence.js';
import type { ReferenceRates } from './rollout-policy.js';

/** A rollback moves no state of its own between "going back" and "back": share 0 and the final state are one transaction. */
export const rolloutStatuses = ['DRAFT', 'AWAITING_APPROVAL', 'RUNNING', 'HOLDING', 'PAUSED', 'ROLLED_BACK', 'PROMOTED', 'SUPERSEDED', 'CANCELLED'] as const;
export type RolloutStatus = (typeof rolloutStatuses)[number];

export type HoldReason = 'inconclusive' | 'insufficient' | 'stale' | 'provider' | 'srm';

export interface Hold {
  readonly reason: HoldReason;
  /** Only a person (or a rollback) ends it. */
  readonly needsHuman: boolean;
}

/** What transitions change. Times are epoch milliseconds. */
export interface MutableState {
  readonly status: RolloutStatus;
  /** 0 before any traffic, 1 for the first stage. */
  readonly stage: number;
  readonly share: number;
  readonly hold: Hold | null;
  readonly statusSince: number;
  readonly stageEnteredAt: number | null;
  /** The stage's longest stay is counted from here: a resume starts it anew. */
  readonly deadlineFrom: number | null;
  /** A person's advance overrides what was seen before: harm is judged from this stage on. */
  readonly evidenceFromStage: number;
  /** The stage whose broken split a person has accepted. */
  readonly srmAcceptedStage: number | null;
  readonly references: ReferenceRates | null;
  /** Unsafe answers of the candidate in the stage when an approval was asked for: one more, and it is asked for anew. */
  readonly askedUnsafe?: number | null;
  /** Sequence of the transition that raised each open alert. */
  readonly openAlerts: Readonly<Record<string, number>>;
}

export interface RolloutIdentity {
  readonly rolloutId: string;
  readonly target: Target;
  readonly cycleId: string;
  readonly version: string;
  readonly baseVersion: string;
}

export interface RolloutState extends RolloutIdentity, MutableState {
  /** Of the last transition; 0 before the first. */
  readonly sequence: number;
}

/** One append-only row: enough to rebuild the state and to say why it was right. */
export interface Transition {
  readonly sequence: number;
  readonly from: string;
  readonly to: string;
  readonly at: number;
  /** `human:<who>` or `policy:<formula version>`. */
  readonly actor: string;
  readonly reason: string;
  /** What failed, for a rollback. */
  readonly metric?: string;
  readonly commandId?: string;
  readonly after: MutableState;
  readonly evidence: EvidenceRecord;
  readonly stages: readonly StageTally[];
}

export const newRollout = (identity: RolloutIdentity, at: number): RolloutState => ({
  ...identity,
  sequence: 0,
  status: 'DRAFT',
  stage: 0,
  share: 0,
  hold: null,
  statusSince: at,
  stageEnteredAt: null,
  deadlineFrom: null,
  evidenceFromStage: 1,
  srmAcceptedStage: null,
  references: null,
  askedUnsafe: null,
  openAlerts: {},
});

/** `RUNNING(2)`, `HOLDING(stale)`, `PAUSED`: how rows, events and pages name a state. */
export const labelOf = ({ status, stage, hold }: Pick<MutableState, 'status' | 'stage' | 'hold'>): string => {
  if (status === 'RUNNING' || (status === 'AWAITING_APPROVAL' && stage > 0)) return `${status}(${stage})`;
  return status === 'HOLDING' && hold ? `HOLDING(${hold.reason})` : status;
};

const terminal: ReadonlySet<RolloutStatus> = new Set(['ROLLED_BACK', 'PROMOTED', 'SUPERSEDED', 'CANCELLED']);
export const isTerminal = ({ status }: Pick<MutableState, 'status'>): boolean => terminal.has(status);

/** Holds its target's one place for a rollout with traffic. */
export const hasTraffic = (state: Pick<MutableState, 'status' | 'stage'>): boolean => !isTerminal(state) && state.stage > 0;

/** The only way that a state changes. Throws a RangeError on a gap or on a change of a terminal state. */
export const applyTransition = (state: RolloutState, { sequence, after }: Transition): RolloutState => {
  if (sequence !== state.sequence + 1) throw new RangeError(`transition ${sequence} of rollout ${state.rolloutId} does not follow ${state.sequence}: the record has a gap or a repeat`);
  if (isTerminal(state)) throw new RangeError(`rollout ${state.rolloutId} is ${state.status}, which never changes`);
  return { ...state, ...after, sequence };
};

/** The state that a rollout's rows, in order, lead to. */
export const replay = (initial: RolloutState, transitions: readonly Transition[]): RolloutState => transitions.reduce(applyTransition, initial);
