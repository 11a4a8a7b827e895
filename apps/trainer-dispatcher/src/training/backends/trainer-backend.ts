import type { LossPoint, Target, TrainerBackend as BackendName } from '@ratchet/domain';
import type { TrainingSettings } from '@ratchet/providers';
import { RatchetError } from '@ratchet/observability';
import type { TrainingData } from '../training-data.js';

/** What a back end wants to know again after a crash; kept with the cycle. */
export type RunMemory = Readonly<Record<string, string>>;

/** The run of one cycle. */
export interface RunHandle {
  readonly cycleId: string;
  readonly memory: RunMemory;
  /** Writes what is to be known after a crash, before this returns; an empty text forgets. */
  remember(change: RunMemory): Promise<void>;
}

export interface TrainingOrder extends RunHandle {
  readonly target: Target;
  readonly baseVersion: string;
  /** The base model's id at its provider. */
  readonly baseModel: string;
  readonly provider: string;
  readonly data: TrainingData;
  readonly settings: TrainingSettings;
  readonly seed: number;
  /** The run is ended then, whoever still watches it. */
  readonly deadline: Date;
}

export type FailureCode = 'failed' | 'timed_out' | 'cancelled' | 'refused';

export interface RunFailure {
  readonly code: FailureCode;
  /** For people, without any text of a user. */
  readonly reason: string;
  /** False where the machine or the configuration failed: the examples are as good as before, and wait for the next cycle. */
  readonly dataAtFault: boolean;
}

export type TrainingRun =
  /** Nothing of it is known: it was never started. */
  | { readonly status: 'absent' }
  | { readonly status: 'running' }
  | { readonly status: 'succeeded'; readonly model: string; readonly metrics: Readonly<Record<string, number>>; readonly lossCurve?: readonly LossPoint[]; readonly costUsd?: number }
  | ({ readonly status: 'failed'; readonly costUsd?: number } & RunFailure);

export interface WaitOptions {
  readonly pollMs: number;
  readonly atMostMs: number;
  readonly signal: AbortSignal;
}

/**
 * Who trains. There is one run a cycle: `start` finds a run that was started and forgotten, and every method may be called again after a crash at
 * any point. Faults that may pass are thrown with `retryable`; others end the cycle.
 */
export interface TrainerBackend {
  readonly backend: BackendName;
  /** SHA-256 of what `start` would give the trainer, retained examples included. */
  hashOf(data: TrainingData): string;
  start(order: TrainingOrder): Promise<void>;
  look(run: RunHandle): Promise<TrainingRun>;
  /** Waits until a look may show something new: a poll's pause, or longer, up to about `atMostMs`, where the back end is told of changes. */
  untilChanged(run: RunHandle, options: WaitOptions): Promise<void>;
  /** Ends the run, if there is one. False while something of it may still go on: ask again. */
  cancel(run: RunHandle): Promise<boolean>;
  /** The last words of the run: text of programs and users, never to be trusted. Empty where there are none. */
  logs(run: RunHandle): Promise<string>;
  /** Removes what only the run needed; the outcome is on record. */
  tidy(run: RunHandle): Promise<void>;
}

/** A run that cannot be started as it is configured. */
export class TrainerError extends RatchetError {
  constructor({ code, message, retryable = false, cause }: { code: 'trainer_refused' | 'trainer_unavailable' | 'start_unknown'; message: string; retryable?: boolean; cause?: unknown }) {
    super({ code, message, retryable, ...(cause !== undefined && { cause }) });
    this.name = 'TrainerError';
  }
}
