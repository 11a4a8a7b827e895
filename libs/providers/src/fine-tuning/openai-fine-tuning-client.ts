import { setTimeout as delay } from 'node:timers/promises';
import { toFile } from 'openai';
import type OpenAI from 'openai';
import { z } from 'zod';
import { openAiClient } from '../call/openai-client.js';
import { ProviderCalls } from '../call/provider-calls.js';
import { ProviderError } from '../call/provider-error.js';
import type { ProviderConfig } from '../config/provider-config.js';
import { fineTuningStatuses, isFinished, type FineTuningClient, type FineTuningJob, type FineTuningRequest } from './fine-tuning-client.js';

const POLL_MS = 2000;
const FAULTS_IN_A_ROW_MAX = 10;

const jobSchema = z.object({
  id: z.string().min(1),
  status: z.enum(fineTuningStatuses),
  fine_tuned_model: z.string().nullish(),
  error: z.object({ message: z.string().nullish() }).nullish(),
  trained_tokens: z.number().nullish(),
});

/** Fine-tuning through OpenAI's wire shapes: OpenAI, compatible providers, and the embedded model server. */
export class OpenAiFineTuningClient implements FineTuningClient {
  private readonly client: OpenAI;
  private readonly calls: ProviderCalls;
  private readonly provider: string;

  constructor(provider: ProviderConfig) {
    this.client = openAiClient(provider);
    this.calls = new ProviderCalls(provider);
    this.provider = provider.name;
  }

  async uploadFile({ filename, content, idempotencyKey }: { filename: string; content: string; idempotencyKey?: string }): Promise<string> {
    const { id } = await this.calls.run(async (signal) =>
      this.client.files.create({ file: await toFile(Buffer.from(content), filename, { type: 'application/jsonl' }), purpose: 'fine-tune' }, { signal, ...idempotent(idempotencyKey) }),
    );
    if (typeof id !== 'string' || id === '') throw new ProviderError({ code: 'bad_response', provider: this.provider, message: 'the uploaded file has no id' });
    return id;
  }

  async createJob({ model, trainingFileId, suffix, seed, hyperparameters, method, idempotencyKey }: FineTuningRequest): Promise<FineTuningJob> {
    // Preference training has its hyperparameters inside `method`; for supervised jobs compatible servers read the older, flat field.
    const body = {
      model,
      training_file: trainingFileId,
      ...(suffix !== undefined && { suffix }),
      ...(seed !== undefined && { seed }),
      ...(method === 'dpo' ? { method: { type: 'dpo', dpo: { hyperparameters: hyperparameters ?? {} } } } : hyperparameters !== undefined && { hyperparameters }),
    } as OpenAI.FineTuning.JobCreateParams;
    return this.read(await this.calls.run((signal) => this.client.fineTuning.jobs.create(body, { signal, ...idempotent(idempotencyKey) })));
  }

  async getJob(jobId: string): Promise<FineTuningJob> {
    return this.read(await this.calls.run((signal) => this.client.fineTuning.jobs.retrieve(jobId, { signal })));
  }

  async waitForJob(jobId: string, { pollMs = POLL_MS, signal }: { pollMs?: number; signal?: AbortSignal } = {}): Promise<FineTuningJob> {
    for (let faults = 0; ; ) {
      signal?.throwIfAborted();
      try {
        const job = await this.getJob(jobId);
        if (isFinished(job)) return job;
        faults = 0;
      } catch (error) {
        faults += 1;
        if (!(error instanceof ProviderError) || !error.retryable || faults >= FAULTS_IN_A_ROW_MAX) throw error;
      }
      await delay(pollMs, undefined, signal ? { signal } : {});
    }
  }

  async cancelJob(jobId: string): Promise<FineTuningJob> {
    return this.read(await this.calls.run((signal) => this.client.fineTuning.jobs.cancel(jobId, { signal })));
  }

  private read(value: unknown): FineTuningJob {
    const parsed = jobSchema.safeParse(value);
    if (!parsed.success) throw new ProviderError({ code: 'bad_response', provider: this.provider, message: 'the answer is not a fine-tuning job', cause: parsed.error });
    const { id, status, fine_tuned_model: model, error, trained_tokens: tokens } = parsed.data;
    return {
      jobId: id,
      status,
      ...(model && { fineTunedModel: model }),
      ...(error?.message && { error: error.message }),
      ...(typeof tokens === 'number' && { trainedTokens: tokens }),
    };
  }
}

// The openai package has an `idempotencyKey` option, but sends no header for it unless a subclass names one.
const idempotent = (key: string | undefined): { headers?: Record<string, string> } => (key === undefined ? {} : { headers: { 'Idempotency-Key': key } });
