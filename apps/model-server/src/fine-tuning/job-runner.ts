import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { LossWindow } from '@ratchet/embedded-model';
import { CONFIG, type ModelServerConfig } from '../config.js';
import { FileStore } from '../files/file-store.js';
import { OpenAiError } from '../http/openai.error.js';
import { ServerMetrics } from '../metrics/server-metrics.js';
import { isOver, type Job, nowSeconds, withEvent } from './job.js';
import { JobStore } from './job-store.js';
import { JobPlanner } from './job-planner.js';
import type { TrainingProgress } from './training-task.js';
import { lossCsv } from './loss-csv.js';
import { type RunningTraining, type TrainingResult, WorkerTrainer } from './worker-trainer.js';

/** Runs jobs one after the other; what was waiting or running when the server stopped is taken up again when it starts. */
@Injectable()
export class JobRunner implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly waiting: string[] = [];
  private current: CurrentJob | null = null;
  private draining: Promise<void> | null = null;
  private closing = false;

  constructor(
    @Inject(CONFIG) private readonly config: ModelServerConfig,
    private readonly jobs: JobStore,
    private readonly planner: JobPlanner,
    private readonly trainer: WorkerTrainer,
    private readonly metrics: ServerMetrics,
    private readonly files: FileStore,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const job of await this.jobs.list()) if (!isOver(job)) this.enqueue(job.id);
  }

  /** A stopped training stays `running` on disk, which is what brings it back. */
  async onApplicationShutdown(): Promise<void> {
    this.closing = true;
    await (await this.current?.begun)?.training.stop();
    await this.draining;
  }

  /** Throws 429 when as many jobs wait as may. */
  checkCapacity(): void {
    if (this.waiting.length < this.config.maxQueuedJobs) return;
    throw new OpenAiError({ status: 429, message: `${this.waiting.length} jobs are waiting already; try again later.`, type: 'rate_limit_error', code: 'too_many_jobs' });
  }

  enqueue(id: string): void {
    this.waiting.push(id);
    this.draining ??= this.drain().finally(() => {
      this.draining = null;
    });
  }

  /** Throws 400 for a job that is over. */
  async cancel(id: string): Promise<Job> {
    const job = await this.jobs.get(id);
    if (isOver(job)) throw new OpenAiError({ status: 400, message: `Job ${id} is ${job.status} and can no longer be cancelled.`, code: 'job_over' });
    if (this.current?.id === id) {
      const { begun, ended } = this.current;
      await (await begun)?.training.stop();
      await ended;
      // The training may have ended just before it was stopped; its own end then stands.
      return this.jobs.get(id);
    }
    const place = this.waiting.indexOf(id);
    if (place >= 0) this.waiting.splice(place, 1);
    return this.finish({ job, result: { status: 'stopped' }, durationMs: 0 });
  }

  private async drain(): Promise<void> {
    while (!this.closing) {
      const id = this.waiting.shift();
      if (id === undefined) return;
      const begun = this.begin(id);
      const ended = begun.then((started) => (started === null ? undefined : this.complete(started)));
      // Set before anything is awaited, so that a cancel always finds a job either waiting or here.
      this.current = { id, begun, ended };
      await ended;
      this.current = null;
    }
  }

  private async begin(id: string): Promise<StartedJob | null> {
    const job = await this.jobs.get(id);
    if (isOver(job)) return null;
    const message = job.status === 'running' ? 'Training started again after a restart.' : 'Training started.';
    const running = withEvent({ ...job, status: 'running' }, { message });
    await this.jobs.save(running);
    const onProgress = ({ epoch, epochs, loss, samples }: TrainingProgress): void => {
      const data = { epoch, total_epochs: epochs, train_loss: loss, samples };
      started.job = withEvent(started.job, { message: `Epoch ${epoch}/${epochs}: training loss ${loss.toFixed(4)}`, data });
      const snapshot = started.job;
      started.saved = started.saved.then(() => this.jobs.save(snapshot));
    };
    // Progress arrives by message, so never before `started` is set.
    const started: StartedJob = { job: running, saved: Promise.resolve(), startedAtMs: performance.now(), training: this.trainer.start(this.planner.taskOf(job), onProgress) };
    return started;
  }

  private async complete(started: StartedJob): Promise<void> {
    const result = await started.training.result;
    await started.saved;
    if (result.status === 'stopped' && this.closing) return;
    await this.finish({ job: started.job, result, durationMs: performance.now() - started.startedAtMs });
  }

  private async finish({ job, result, durationMs }: { job: Job; result: TrainingResult; durationMs: number }): Promise<Job> {
    const resultFiles = result.status === 'succeeded' ? await this.writeResults(job, result.outcome.losses) : [];
    const over = withOutcome({ ...job, finishedAtSeconds: nowSeconds(), resultFiles }, result);
    await this.jobs.save(over);
    this.metrics.jobEnded({ status: over.status, durationMs });
    return over;
  }

  private async writeResults({ id }: Job, losses: readonly LossWindow[]): Promise<string[]> {
    if (losses.length === 0) return [];
    return [(await this.files.addResults({ filename: `${id}-results.csv`, content: Buffer.from(lossCsv(losses)) })).id];
  }
}

interface CurrentJob {
  readonly id: string;
  readonly begun: Promise<StartedJob | null>;
  readonly ended: Promise<void>;
}

/** A job whose training runs; `job` gains events as it goes, and `saved` is the last write of it. */
interface StartedJob {
  job: Job;
  saved: Promise<void>;
  readonly training: RunningTraining;
  readonly startedAtMs: number;
}

function withOutcome(job: Job, result: TrainingResult): Job {
  if (result.status === 'stopped') return withEvent({ ...job, status: 'cancelled' }, { message: 'Cancelled.' });
  if (result.status === 'failed') {
    const { code, message } = result;
    return withEvent({ ...job, status: 'failed', error: { code, message } }, { level: 'error', message });
  }
  const { model, contentHash, trainedTokens, trainedSamples, heldOutAccuracy, threshold, suspectLabels } = result.outcome;
  const done: Job = { ...job, status: 'succeeded', fineTunedModel: model, trainedTokens };
  return withEvent(done, {
    message: `New version: ${model}`,
    data: { content_hash: contentHash, trained_samples: trainedSamples, held_out_accuracy: heldOutAccuracy, abstain_threshold: threshold, suspect_labels: suspectLabels },
  });
}
