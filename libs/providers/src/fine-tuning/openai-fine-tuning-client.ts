import { setTimeout as delay } from 'node:timers/promises';
import { toFile } from 'openai';
import type OpenAI from 'openai';
import { z } from 'zod';
import type { LossPoint } from '@ratchet/domain';
import { openAiClient } from '../call/openai-client.js';
import { ProviderCalls } from '../call/provider-calls.js';
import { ProviderError } from '../call/provider-error.js';
import type { ProviderConfig } from '../config/provider-config.js';
import { lossCurveOfCsv, lossCurveOfEvents } from './loss-csv.js';
import { fineTuningStatuses, isFinished, type FineTuningClient, type FineTuningJob, type FineTuningRequest } from './fine-tuning-client.js';

const POLL_MS = 2000;
const FAULTS_IN_A_ROW_MAX = 10;
const LISTED_JOBS = 100;
const LISTED_PAGES_MAX = 10;
const METRICS_MAX = 50;
const RESULT_FILES_MAX = 5;
const RESULT_BYTES_MAX = 8 * 1024 * 1024;
const EVENT_PAGES_MAX = 20;

const jobSchema = z.object({
  id: z.string().min(1),
  status: z.enum(fineTuningStatuses),
  fine_tuned_model: z.string().nullish(),
  error: z.object({ message: z.string().nullish() }).nullish(),
  trained_tokens: z.number().nullish(),
});

const resultFilesSchema = z.object({ result_files: z.array(z.string().min(1)).nullish() });
const listedJobSchema = z.looseObject({ id: z.string().min(1), training_file: z.string().nullish() });
const eventSchema = z.object({ id: z.string().nullish(), data: z.record(z.string(), z.unknown()).nullish() });
const listSchema = <Item extends z.ZodType>(item: Item) => z.object({ data: z.array(item), has_more: z.boolean().nullish() });

const numbersOf = (data: Readonly<Record<string, unknown>> | null | undefined): [string, number][] =>
  Object.entries(data ?? {}).flatMap(([name, value]) => (typeof value === 'number' && Number.isFinite(value) ? [[name, value] as [string, number]] : []));

const bodyOf = ({ model, trainingFileId, suffix, seed, hyperparameters, method, hyperparametersIn = 'top' }: FineTuningRequest): OpenAI.FineTuning.JobCreateParams =>
  ({
    model,
    training_file: trainingFileId,
    ...(suffix !== undefined && { suffix }),
    ...(seed !== undefined && { seed }),
    ...(method === 'dpo'
      ? { method: { type: 'dpo', dpo: { hyperparameters: hyperparameters ?? {} } } }
      : hyperparametersIn === 'method'
        ? { method: { type: 'supervised', supervised: { hyperparameters: hyperparameters ?? {} } } }
        : hyperparameters !== undefined && { hyperparameters }),
  }) as OpenAI.FineTuning.JobCreateParams;

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

  async createJob(request: FineTuningRequest): Promise<FineTuningJob> {
    const call = await this.calls.begin();
    try {
      const job = await this.client.fineTuning.jobs.create(bodyOf(request), { signal: call.signal, ...idempotent(request.idempotencyKey) });
      return this.read(job);
    } catch (error) {
      throw error instanceof ProviderError ? error : call.explain(error);
    } finally {
      call.end();
    }
  }

  async findJob(trainingFileId: string): Promise<FineTuningJob | undefined> {
    for (let after: string | undefined, page = 0; page < LISTED_PAGES_MAX; page += 1) {
      const answer = await this.calls.run((signal) => this.client.get<unknown>('/fine_tuning/jobs', { signal, query: { limit: LISTED_JOBS, ...(after !== undefined && { after }) } }));
      const list = listSchema(listedJobSchema).safeParse(answer);
      if (!list.success) throw new ProviderError({ code: 'bad_response', provider: this.provider, message: 'the answer is not a list of fine-tuning jobs', cause: list.error });
      const { data, has_more: hasMore } = list.data;
      const found = data.find(({ training_file: file }) => file === trainingFileId);
      if (found) return this.read(found);
      after = data.at(-1)?.id;
      if (!hasMore || after === undefined) return undefined;
    }
    return undefined;
  }

  async metricsOf(jobId: string): Promise<Record<string, number>> {
    const answer = await this.calls.run((signal) => this.client.get<unknown>(`/fine_tuning/jobs/${encodeURIComponent(jobId)}/events`, { signal, query: { limit: LISTED_JOBS } }));
    const list = listSchema(eventSchema).safeParse(answer);
    const newest = list.success ? list.data.data.find(({ data }) => numbersOf(data).length > 0) : undefined;
    return Object.fromEntries(numbersOf(newest?.data).slice(0, METRICS_MAX));
  }

  async lossCurveOf(jobId: string): Promise<LossPoint[]> {
    const job = resultFilesSchema.safeParse(await this.calls.run((signal) => this.client.fineTuning.jobs.retrieve(jobId, { signal })));
    for (const file of (job.data?.result_files ?? []).slice(0, RESULT_FILES_MAX)) {
      const curve = lossCurveOfCsv(await this.textOf(file));
      if (curve.length > 0) return curve;
    }
    return lossCurveOfEvents(await this.metricsEvents(jobId));
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

  /** Up to a bound: what comes after is not read. */
  private async textOf(file: string): Promise<string> {
    return this.calls.run(async (signal) => {
      const { body } = await this.client.files.content(file, { signal });
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      for await (const chunk of body ?? []) {
        chunks.push(chunk);
        bytes += chunk.byteLength;
        if (bytes >= RESULT_BYTES_MAX) break;
      }
      return Buffer.concat(chunks).toString('utf8');
    });
  }

  private async metricsEvents(jobId: string): Promise<(Record<string, unknown> | null | undefined)[]> {
    const events: (Record<string, unknown> | null | undefined)[] = [];
    for (let after: string | undefined, page = 0; page < EVENT_PAGES_MAX; page += 1) {
      const answer = await this.calls.run((signal) => this.client.get<unknown>(`/fine_tuning/jobs/${encodeURIComponent(jobId)}/events`, { signal, query: { limit: LISTED_JOBS, ...(after !== undefined && { after }) } }));
      const list = listSchema(eventSchema).safeParse(answer);
      if (!list.success) break;
      events.push(...list.data.data.map(({ data }) => data));
      const last = list.data.data.at(-1)?.id ?? undefined;
      if (!list.data.has_more || last === undefined || last === after) break;
      after = last;
    }
    return events;
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
