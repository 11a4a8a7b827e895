import type { LossPoint } from '@ratchet/domain';
import { ProviderError } from '../call/provider-error.js';
import { isFinished, type FineTuningClient, type FineTuningJob, type FineTuningRequest } from './fine-tuning-client.js';

/** The twin of a fine-tuning provider for tests: a job runs until the test finishes it, unless `outcome` decides at once. */
export class InMemoryFineTuningClient implements FineTuningClient {
  readonly files = new Map<string, string>();
  readonly requests: FineTuningRequest[] = [];
  readonly metrics = new Map<string, Record<string, number>>();
  readonly lossCurves = new Map<string, LossPoint[]>();
  private readonly jobs = new Map<string, FineTuningJob>();
  private readonly jobOfKey = new Map<string, string>();
  private readonly outcome: ((request: FineTuningRequest) => Partial<FineTuningJob>) | undefined;

  constructor({ outcome }: { outcome?: (request: FineTuningRequest) => Partial<FineTuningJob> } = {}) {
    this.outcome = outcome;
  }

  async uploadFile({ content }: { filename: string; content: string }): Promise<string> {
    const fileId = `file-${this.files.size + 1}`;
    this.files.set(fileId, content);
    return fileId;
  }

  async createJob(request: FineTuningRequest): Promise<FineTuningJob> {
    const known = this.jobOfKey.get(request.idempotencyKey);
    if (known !== undefined) return this.getJob(known);
    if (!this.files.has(request.trainingFileId)) throw this.refusal(`file ${request.trainingFileId} does not exist`);
    this.requests.push(request);
    const jobId = `ftjob-${this.jobs.size + 1}`;
    this.jobOfKey.set(request.idempotencyKey, jobId);
    this.jobs.set(jobId, { jobId, status: 'running', ...this.outcome?.(request) });
    return this.getJob(jobId);
  }

  async findJob(trainingFileId: string): Promise<FineTuningJob | undefined> {
    const request = this.requests.findLast((known) => known.trainingFileId === trainingFileId);
    const jobId = request && this.jobOfKey.get(request.idempotencyKey);
    return jobId === undefined ? undefined : this.getJob(jobId);
  }

  async metricsOf(jobId: string): Promise<Record<string, number>> {
    return this.metrics.get(jobId) ?? {};
  }

  async lossCurveOf(jobId: string): Promise<LossPoint[]> {
    return this.lossCurves.get(jobId) ?? [];
  }

  async getJob(jobId: string): Promise<FineTuningJob> {
    const job = this.jobs.get(jobId);
    if (!job) throw this.refusal(`job ${jobId} does not exist`);
    return job;
  }

  async waitForJob(jobId: string, { pollMs = 1, signal }: { pollMs?: number; signal?: AbortSignal } = {}): Promise<FineTuningJob> {
    for (;;) {
      signal?.throwIfAborted();
      const job = await this.getJob(jobId);
      if (isFinished(job)) return job;
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  async cancelJob(jobId: string): Promise<FineTuningJob> {
    const job = await this.getJob(jobId);
    if (!isFinished(job)) this.finish(jobId, { status: 'cancelled' });
    return this.getJob(jobId);
  }

  /** Sets where a job is. */
  finish(jobId: string, change: Partial<FineTuningJob>): void {
    this.jobs.set(jobId, { jobId, status: 'succeeded', ...this.jobs.get(jobId), ...change });
  }

  private refusal(message: string): ProviderError {
    return new ProviderError({ code: 'refused', provider: 'in-memory', message, status: 404 });
  }
}
