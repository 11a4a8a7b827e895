import type { LossPoint } from '@ratchet/domain';

/** OpenAI's words for where a job is. */
export const fineTuningStatuses = ['validating_files', 'queued', 'running', 'paused', 'succeeded', 'failed', 'cancelled'] as const;
export type FineTuningStatus = (typeof fineTuningStatuses)[number];

export interface FineTuningJob {
  readonly jobId: string;
  readonly status: FineTuningStatus;
  /** The new model's id at the provider, once the job succeeded. */
  readonly fineTunedModel?: string;
  /** Why it failed, in the provider's words. */
  readonly error?: string;
  readonly trainedTokens?: number;
}

export const isFinished = ({ status }: FineTuningJob): boolean => status === 'succeeded' || status === 'failed' || status === 'cancelled';

export interface FineTuningRequest {
  /** The base model's id at the provider; empty for a new one where the provider allows it. */
  readonly model: string;
  readonly trainingFileId: string;
  readonly suffix?: string;
  readonly seed?: number;
  /** `n_epochs`, `learning_rate_multiplier`, and the embedded model's `recipe` and `curriculum`. */
  readonly hyperparameters?: Readonly<Record<string, string | number | boolean>>;
  readonly method?: 'supervised' | 'dpo';
  /** `method` is where OpenAI reads hyperparameters, `top` where servers of the older shape do; of preference training always `method`. */
  readonly hyperparametersIn?: 'method' | 'top';
  /** The same key never starts a second job, where the provider honours `Idempotency-Key`. */
  readonly idempotencyKey: string;
}

/** Fine-tuning jobs at a provider; all failures are a ProviderError. A job that fails is a result, not an error. */
export interface FineTuningClient {
  /** Sends JSON lines and returns the file's id. */
  uploadFile(file: { readonly filename: string; readonly content: string; readonly idempotencyKey?: string }): Promise<string>;
  /** Asks once: a connection that broke is not tried again here, since the job may exist by then. */
  createJob(request: FineTuningRequest): Promise<FineTuningJob>;
  /**
   * The newest job that trains on the file, among the newest jobs that the provider lists.
   *
   * @throws {ProviderError} `refused` with status 404, 405 or 501 where the provider lists no jobs
   */
  findJob(trainingFileId: string): Promise<FineTuningJob | undefined>;
  /** The numbers of the job's newest metrics event (`train_loss`, ...); empty where the provider tells none. */
  metricsOf(jobId: string): Promise<Record<string, number>>;
  /** How the loss went: from the job's files of results, else from its metrics events; empty where the provider tells neither. */
  lossCurveOf(jobId: string): Promise<LossPoint[]>;
  getJob(jobId: string): Promise<FineTuningJob>;
  /** Polls until the job finished; rejects with the signal's reason when it aborts first. Passing faults of the provider do not end the waiting. */
  waitForJob(jobId: string, options?: { readonly pollMs?: number; readonly signal?: AbortSignal }): Promise<FineTuningJob>;
  cancelJob(jobId: string): Promise<FineTuningJob>;
}
