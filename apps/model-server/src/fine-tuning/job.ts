import type { JobRequest } from './job-request.js';
import { hyperparametersOf } from './job-request.js';

export type JobStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export interface JobEvent {
  readonly id: string;
  readonly createdAtSeconds: number;
  readonly level: 'info' | 'error';
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>> | null;
}

/** A fine-tuning job as it lies on disk. */
export interface Job {
  readonly id: string;
  /** sha256 of the request; tells a repeat of an idempotent request from another one under the same key. */
  readonly requestHash: string;
  readonly request: JobRequest;
  readonly modelName: string;
  readonly status: JobStatus;
  readonly createdAtSeconds: number;
  readonly finishedAtSeconds: number | null;
  readonly fineTunedModel: string | null;
  readonly trainedTokens: number | null;
  /** CSV files that say how it went; absent on jobs before there were any. */
  readonly resultFiles?: readonly string[];
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly events: readonly JobEvent[];
}

export function isOver({ status }: Pick<Job, 'status'>): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}

export function withEvent(job: Job, { level = 'info', message, data = null }: { level?: JobEvent['level']; message: string; data?: JobEvent['data'] }): Job {
  const event: JobEvent = { id: `ftevent-${job.id.slice('ftjob-'.length)}-${job.events.length + 1}`, createdAtSeconds: nowSeconds(), level, message, data };
  return { ...job, events: [...job.events, event] };
}

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** OpenAI's `fine_tuning.job`. */
export function jobObject(job: Job) {
  return {
    id: job.id,
    object: 'fine_tuning.job',
    created_at: job.createdAtSeconds,
    finished_at: job.finishedAtSeconds,
    model: job.request.model,
    fine_tuned_model: job.fineTunedModel,
    organization_id: 'ratchet',
    result_files: job.resultFiles ?? [],
    status: job.status,
    training_file: job.request.training_file,
    validation_file: null,
    retention_file: job.request.retention_file ?? null,
    hyperparameters: hyperparametersOf(job.request),
    seed: job.request.seed ?? DEFAULT_SEED,
    trained_tokens: job.trainedTokens,
    error: job.error === null ? null : { ...job.error, param: null },
    estimated_finish: null,
  };
}

/** OpenAI's `fine_tuning.job.event`. */
export function eventObject({ id, createdAtSeconds, level, message, data }: JobEvent) {
  return { id, object: 'fine_tuning.job.event', created_at: createdAtSeconds, level, message, type: data === null ? 'message' : 'metrics', data };
}

/** Used when a request names none, so that a repeat gives the same model. */
export const DEFAULT_SEED = 1;
