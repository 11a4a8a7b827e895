import { Inject, Injectable } from '@nestjs/common';
import type { Command } from '@ratchet/domain';
import { Logger } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import type { Transaction } from '@ratchet/persistence';
import type { Tick } from '@ratchet/service';
import { forgetOldLogs, forgottenRuns, orderCancellation } from '../persistence/run.repository.js';
import { TRAIN_JOB } from './cycle-starter.js';

const EVERY_MS = 60_000;
const KEEP_LOGS_DAYS = 30;

/** Orders to end runs, and care for runs that nobody looks after. */
@Injectable()
export class TrainingRuns implements Tick {
  readonly tickName = 'training-runs';
  readonly everyMs = EVERY_MS;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  /** The order is on record when the command is; the job that it wakes carries it out, however often it takes. */
  async cancel(tx: Transaction, { model, workload, actor }: Pick<Command, 'model' | 'workload' | 'actor'>): Promise<void> {
    const cycleId = await orderCancellation(tx, { model, workload }, actor);
    if (cycleId === undefined) return this.logger.warn('nothing to cancel: the target has no training under way', { model, workload });
    await this.wake(tx, cycleId);
    this.logger.info('a training is to be cancelled', { cycleId, model, workload });
  }

  /** A trainer that was away for days uses up a job's tries; its run is looked at again all the same. */
  async tick(): Promise<void> {
    for (const cycleId of await forgottenRuns(this.database, TRAIN_JOB)) {
      await this.database.transaction((tx) => this.wake(tx, cycleId));
      this.logger.warn('a training run is looked at again', { cycleId });
    }
    await forgetOldLogs(this.database, KEEP_LOGS_DAYS);
  }

  private wake(tx: Transaction, cycleId: string): Promise<void> {
    return tx.enqueue(TRAIN_JOB, { cycleId }, { key: `${TRAIN_JOB}-${cycleId}` });
  }
}
