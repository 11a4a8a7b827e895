import { setTimeout as delay } from 'node:timers/promises';
import { hyperparametersFor, hyperparametersPlace, isFinished, ProviderError, trainerOf } from '@ratchet/providers';
import type { FineTuningClient, FineTuningJob, ProviderConfig, Trainer } from '@ratchet/providers';
import { hashOfText, preferencePairs, providerFile } from '../../training-data.js';
import type { TrainingData } from '../../training-data.js';
import type { OpenAiTrainerConfig } from '../../trainers-config.js';
import { TrainerError } from '../trainer-backend.js';
import type { FailureCode, RunHandle, TrainerBackend, TrainingOrder, TrainingRun, WaitOptions } from '../trainer-backend.js';

/** What is remembered: the file and its kind, that a job was asked for (since when, in ms), and the job. */
interface Memory {
  readonly file?: string;
  readonly method?: 'supervised' | 'dpo';
  readonly asked?: string;
  readonly job?: string;
}

const PAYS_PER_TOKENS = 1_000_000;
/** After these there is no job, whatever the provider did before. */
const createsNothing = (error: unknown): boolean => error instanceof ProviderError && (error.code === 'refused' || error.code === 'rate_limited');
const listsNoJobs = (error: unknown): boolean => error instanceof ProviderError && (error.status === 404 || error.status === 405 || error.status === 501);

/** Which way of training a provider's job takes; the embedded model server knows no pairs. */
const methodOf = ({ method, minPairs }: OpenAiTrainerConfig, trainer: Trainer, data: TrainingData): 'supervised' | 'dpo' =>
  method === 'dpo' && trainer !== 'embedded' && preferencePairs([...data.train, ...data.retained]).length >= minPairs ? 'dpo' : 'supervised';

/**
 * Fine-tuning jobs in OpenAI's shapes. A job is never started twice: where the provider honours idempotency keys, the request is simply repeated; elsewhere
 * the file belongs to this cycle alone and is remembered before a job is asked for, so the job that names it is the cycle's.
 */
export class OpenAiBackend implements TrainerBackend {
  readonly backend = 'openai';

  constructor(
    private readonly client: FineTuningClient,
    private readonly provider: ProviderConfig,
    private readonly config: OpenAiTrainerConfig,
  ) {}

  hashOf(data: TrainingData): string {
    return hashOfText(this.fileOf(data, methodOf(this.config, trainerOf(this.provider), data)));
  }

  async start(order: TrainingOrder): Promise<void> {
    const { job, asked, method: known } = order.memory as Memory;
    if (job) return;
    // As the file was written, whatever the configuration says since.
    const method = known ?? methodOf(this.config, trainerOf(this.provider), order.data);
    const file = await this.upload(order, method);
    if (asked && !this.honoursKeys && (await this.recall(order, file, Number(asked)))) return;
    await order.remember({ asked: String(Date.now()) });
    const created = await this.create(order, { file, method });
    await order.remember({ job: created.jobId });
  }

  async look({ memory }: RunHandle): Promise<TrainingRun> {
    const { job } = memory as Memory;
    if (!job) return { status: 'absent' };
    const seen = await this.get(job);
    if (!seen) return { status: 'failed', code: 'failed', reason: `the provider knows no job ${job} any more`, dataAtFault: false };
    return this.read(seen);
  }

  async untilChanged(_run: RunHandle, { pollMs, atMostMs, signal }: WaitOptions): Promise<void> {
    await delay(Math.min(pollMs, atMostMs), undefined, { signal });
  }

  async cancel(run: RunHandle): Promise<boolean> {
    const { file, asked, job } = run.memory as Memory;
    const known = job ?? (asked && file ? (await this.find(file))?.jobId : undefined);
    if (!known) return !asked || Date.now() - Number(asked) > this.config.createSettleMs;
    if (!job) await run.remember({ job: known });
    // A job that has just ended is refused: a look says whether it has.
    const seen = await this.client.cancelJob(known).catch((error: unknown) => {
      if (error instanceof ProviderError && error.code === 'refused') return this.get(known);
      throw error;
    });
    return seen === undefined || isFinished(seen);
  }

  async logs(): Promise<string> {
    return '';
  }

  async tidy(): Promise<void> {}

  /** Undefined where the provider knows no such job. Any other refusal (a key that is no longer good) can be mended while the job goes on. */
  private async get(job: string): Promise<FineTuningJob | undefined> {
    return this.client.getJob(job).catch((error: unknown) => {
      if (!(error instanceof ProviderError) || error.retryable) throw error;
      if (error.status === 404) return undefined;
      throw new TrainerError({ code: 'trainer_unavailable', message: error.message, retryable: true, cause: error });
    });
  }

  private get honoursKeys(): boolean {
    return this.config.idempotencyKeys ?? trainerOf(this.provider) === 'embedded';
  }

  private fileOf(data: TrainingData, method: 'supervised' | 'dpo'): string {
    return providerFile(data, { trainer: trainerOf(this.provider), method });
  }

  private async upload(order: TrainingOrder, method: 'supervised' | 'dpo'): Promise<string> {
    const { file } = order.memory as Memory;
    if (file) return file;
    const fileId = await this.client.uploadFile({ filename: `${order.cycleId}.jsonl`, content: this.fileOf(order.data, method), idempotencyKey: `file-${order.cycleId}` });
    await order.remember({ file: fileId, method });
    return fileId;
  }

  /** Whether a job that was asked for before is there. Throws while that cannot be known. */
  private async recall(order: TrainingOrder, file: string, askedMs: number): Promise<boolean> {
    const found = await this.find(file);
    if (found) {
      await order.remember({ job: found.jobId });
      return true;
    }
    if (Date.now() - askedMs <= this.config.createSettleMs) {
      throw new TrainerError({ code: 'trainer_unavailable', message: `a job was asked for and is not listed yet; it is looked for until ${this.config.createSettleMs} ms have passed`, retryable: true });
    }
    return false;
  }

  private async find(file: string): Promise<FineTuningJob | undefined> {
    return this.client.findJob(file).catch((error: unknown) => {
      if (!listsNoJobs(error)) throw error;
      throw new TrainerError({ code: 'start_unknown', message: `a job was asked for, its answer was lost, and the provider lists no jobs: look there for a job with the file ${file}, and end it`, cause: error });
    });
  }

  private async create(order: TrainingOrder, { file, method }: { file: string; method: 'supervised' | 'dpo' }): Promise<FineTuningJob> {
    const trainer = trainerOf(this.provider);
    const { beta } = this.config;
    try {
      return await this.client.createJob({
        model: order.baseModel,
        trainingFileId: file,
        seed: order.seed,
        hyperparameters: { ...hyperparametersFor(trainer, order.settings), ...(method === 'dpo' && beta !== undefined && { beta }) },
        method,
        hyperparametersIn: trainer === 'embedded' ? 'top' : (this.config.hyperparametersIn ?? hyperparametersPlace(this.provider)),
        idempotencyKey: `job-${order.cycleId}`,
      });
    } catch (error) {
      if (createsNothing(error)) await order.remember({ asked: '' });
      throw error;
    }
  }

  private async read(job: FineTuningJob): Promise<TrainingRun> {
    const { status, fineTunedModel, trainedTokens, error } = job;
    if (!isFinished(job)) return { status: 'running' };
    const { usdPerMillionTrainedTokens: price } = this.config;
    const costUsd = price !== undefined && trainedTokens !== undefined ? (trainedTokens / PAYS_PER_TOKENS) * price : undefined;
    const cost = costUsd === undefined ? {} : { costUsd };
    if (status === 'succeeded' && fineTunedModel) {
      // Metrics are told in good faith; that they cannot be had is no failure of the training.
      const metrics = await this.client.metricsOf(job.jobId).catch(() => ({}));
      const lossCurve = await this.client.lossCurveOf(job.jobId).catch(() => []);
      return { status: 'succeeded', model: fineTunedModel, metrics: { ...metrics, ...(trainedTokens !== undefined && { trained_tokens: trainedTokens }) }, ...(lossCurve.length > 0 && { lossCurve }), ...cost };
    }
    const code: FailureCode = status === 'cancelled' ? 'cancelled' : 'failed';
    return { status: 'failed', code, reason: error ?? `the provider's job ended as ${status}`, dataAtFault: code === 'failed', ...cost };
  }
}
