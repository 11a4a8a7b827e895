import { Inject, Injectable } from '@nestjs/common';
import type { Bundle } from '@ratchet/domain';
import { describeError, Logger } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { ProviderError } from '@ratchet/providers';
import { CONFIG } from '@ratchet/service';
import type { Job } from '@ratchet/service';
import type { Config } from '../config.js';
import { chooseTrainer, markBegun, rememberDataHash, runHandleOf, trainingRun, withRunLock } from '../persistence/run.repository.js';
import type { RunRow } from '../persistence/run.repository.js';
import { bundleOf } from '../persistence/trainer.repository.js';
import { TrainerError } from './backends/trainer-backend.js';
import type { RunHandle, TrainerBackend } from './backends/trainer-backend.js';
import { TrainingBudget } from './budget/training-budget.js';
import { TRAIN_JOB } from './cycle-starter.js';
import { Trainers } from './trainers.js';
import { TrainingOrders } from './training-orders.js';
import { TrainingOutcomes } from './training-outcomes.js';
import type { RunEnd } from './training-outcomes.js';

/** A job watches a run for so long, then the next one has its turn: many runs go on beside each other, for hours. */
const SLICE_MS = 30_000;
const FAULTS_IN_A_ROW_MAX = 10;
/** Statuses of a provider that say nothing about the data. */
const NOT_OF_THE_DATA: ReadonlySet<number | undefined> = new Set([401, 402, 403, 404]);

/** What a turn came to: the cycle trains no more, or there is something to wait for. */
type Turn = 'over' | 'waits';

interface Watched {
  readonly run: RunRow;
  readonly base: Bundle;
  readonly backend: TrainerBackend;
  readonly handle: RunHandle;
  readonly deadline: Date;
}

/** Looks after the training run of a cycle, from its start to its outcome. Every step can be taken again: what must be known after a crash is with the cycle, or found by its id. */
@Injectable()
export class TrainingJob implements Job {
  readonly jobName = TRAIN_JOB;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Database) private readonly database: Database,
    @Inject(Logger) private readonly logger: Logger,
    @Inject(Trainers) private readonly trainers: Trainers,
    @Inject(TrainingOrders) private readonly orders: TrainingOrders,
    @Inject(TrainingBudget) private readonly budget: TrainingBudget,
    @Inject(TrainingOutcomes) private readonly outcomes: TrainingOutcomes,
  ) {}

  async run(payload: unknown, stopping: AbortSignal): Promise<void> {
    const { cycleId } = payload as { cycleId: string };
    const untilMs = Date.now() + SLICE_MS;
    for (let faults = 0; ; ) {
      stopping.throwIfAborted();
      const watched = await this.open(cycleId);
      if (!watched) return;
      try {
        if ((await this.turn(watched)) === 'over') return;
        faults = 0;
      } catch (error) {
        if (await this.refuse(watched, error)) return;
        faults += 1;
        if (faults >= FAULTS_IN_A_ROW_MAX || !watched.run.begun) throw error;
        this.logger.warn('a training run could not be looked at', { cycleId, ...describeError(error) });
      }
      const leftMs = Math.min(untilMs, watched.deadline.getTime()) - Date.now();
      if (Date.now() >= untilMs) return this.database.transaction((tx) => tx.enqueue(TRAIN_JOB, { cycleId }, { key: `${TRAIN_JOB}-${cycleId}` }));
      await watched.backend.untilChanged(watched.handle, { pollMs: this.config.TRAINING_POLL_MS, atMostMs: Math.max(1, leftMs), signal: stopping }).catch((error: unknown) => {
        stopping.throwIfAborted();
        this.logger.warn('a training run could not be watched', { cycleId, ...describeError(error) });
      });
    }
  }

  /** The run as it is written down, and who has it. */
  private async open(cycleId: string): Promise<Watched | undefined> {
    const known = await trainingRun(this.database, cycleId);
    if (!known) return undefined;
    const base = await bundleOf(this.database, known.baseVersion);
    if (!base) {
      await this.outcomes.fail(known, { code: 'refused', reason: `the bundle of ${known.baseVersion} is unknown`, dataAtFault: false });
      return undefined;
    }
    if (!known.trainer || !known.runStartedAt) await chooseTrainer(this.database, cycleId, this.trainers.nameFor(known, base));
    const run = await trainingRun(this.database, cycleId);
    if (!run?.trainer) return undefined;
    return { run, base, handle: runHandleOf(this.database, run), deadline: this.orders.deadlineOf(run), backend: await this.trainers.open(run.trainer, base) };
  }

  private async turn(watched: Watched): Promise<Turn> {
    const { run, backend, handle, base } = watched;
    const stop = await this.stopOf(watched);
    if (stop) return this.stop(watched, stop);
    if (!run.begun) return this.begin(watched);
    const seen = await backend.look(handle);
    if (seen.status === 'running') return 'waits';
    const log = await this.logOf(watched);
    await backend.tidy(handle);
    if (seen.status === 'succeeded') await this.outcomes.register(run, base, { ...seen, backend: backend.backend, log });
    else if (seen.status === 'failed') await this.outcomes.fail(run, { ...seen, log });
    else await this.outcomes.fail(run, { code: 'failed', reason: 'the run is unknown to its trainer', dataAtFault: false, log });
    return 'over';
  }

  /** Why the run must end, though nothing is wrong with it. A person's word goes first. */
  private async stopOf({ run, deadline }: Watched): Promise<RunEnd | undefined> {
    if (run.cancelledBy !== null) return { code: 'cancelled', reason: `${run.cancelledBy} cancelled the training`, dataAtFault: false };
    if (Date.now() >= deadline.getTime()) return { code: 'timed_out', reason: `the training did not end within ${this.config.TRAINING_TIMEOUT_MS} ms`, dataAtFault: false };
    const overBudget = await this.budget.stopOf(this.database, run);
    return overBudget === undefined ? undefined : { code: 'over_budget', reason: overBudget, dataAtFault: false };
  }

  /** The examples are free when nothing of the run goes on any more. */
  private async stop(watched: Watched, end: RunEnd): Promise<Turn> {
    const { run, backend } = watched;
    let ended = false;
    await withRunLock(this.database, run.cycleId, async () => {
      // What the one before remembered while it held the lock counts.
      const fresh = await this.open(run.cycleId);
      if (!fresh) return;
      const log = await this.logOf(fresh);
      ended = await backend.cancel(fresh.handle);
      if (!ended) return;
      await backend.tidy(fresh.handle);
      await this.outcomes.fail(run, { ...end, log: (await this.logOf(fresh)) || log });
    });
    return ended ? 'over' : 'waits';
  }

  private async begin({ run, backend }: Watched): Promise<Turn> {
    await withRunLock(this.database, run.cycleId, async () => {
      const fresh = await this.open(run.cycleId);
      if (!fresh || fresh.run.begun || fresh.run.cancelledBy !== null) return;
      const order = await this.orders.of(fresh.run);
      if (order.data.train.length === 0) throw new TrainerError({ code: 'trainer_refused', message: 'no example of the cycle is left' });
      if (fresh.run.dataHash === null) await rememberDataHash(this.database, run.cycleId, backend.hashOf(order.data));
      await backend.start(order);
      await markBegun(this.database, run.cycleId);
      this.logger.info('a training run has begun', { cycleId: run.cycleId, trainer: run.trainer, backend: backend.backend, examples: order.data.train.length, retained: order.data.retained.length });
    });
    // A provider that is quick has a result already.
    const begun = await trainingRun(this.database, run.cycleId);
    const again = begun?.begun ? await this.open(run.cycleId) : undefined;
    return again ? this.turn(again) : 'waits';
  }

  /** True where the error has ended the cycle. */
  private async refuse({ run, handle, backend }: Watched, error: unknown): Promise<boolean> {
    if (!(error instanceof ProviderError || error instanceof TrainerError) || error.retryable) return false;
    await backend.tidy(handle).catch(() => undefined);
    const dataAtFault = error instanceof ProviderError && !NOT_OF_THE_DATA.has(error.status);
    await this.outcomes.fail(run, { code: error.code === 'start_unknown' ? 'failed' : 'refused', reason: error.message, dataAtFault });
    return true;
  }

  private async logOf({ backend, handle, run }: Watched): Promise<string> {
    return backend.logs(handle).catch((error: unknown) => {
      this.logger.warn('the log of a training run could not be read', { cycleId: run.cycleId, ...describeError(error) });
      return '';
    });
  }
}
