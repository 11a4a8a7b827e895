import { Inject, Injectable } from '@nestjs/common';
import { bundleHash, candidateRegistered, trainingFailed, versionIdOf, versionPublished } from '@ratchet/domain';
import type { Bundle, LossPoint, TrainerBackend as BackendName, TrainingFailed } from '@ratchet/domain';
import { derivedId, Logger, Metrics } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { CONFIG } from '@ratchet/service';
import type { Config } from '../config.js';
import { dataOfCycle } from '../persistence/example.repository.js';
import { endRun, keepLog, lockTrainingRun } from '../persistence/run.repository.js';
import type { RunRow } from '../persistence/run.repository.js';
import { endCycle, insertVersion, lockTarget, moveCycle } from '../persistence/trainer.repository.js';
import { versionEventId } from '../registry/version-event-id.js';
import { TrainingBudget } from './budget/training-budget.js';
import { configuredTraining, trainingConfigOf } from './training-config.js';
import type { TrainingConfig } from './training-config.js';

export interface RunEnd {
  readonly code: NonNullable<TrainingFailed['code']>;
  readonly reason: string;
  /** The examples are set apart; else they wait for the next cycle. */
  readonly dataAtFault: boolean;
  readonly costUsd?: number;
  readonly log?: string;
}

export interface TrainedModel {
  readonly model: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly lossCurve?: readonly LossPoint[];
  readonly costUsd?: number;
  readonly backend: BackendName;
  readonly log: string;
}

/** Writes down what a run came to, once, whoever comes first. */
@Injectable()
export class TrainingOutcomes {
  private readonly runs;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Database) private readonly database: Database,
    @Inject(Logger) private readonly logger: Logger,
    @Inject(TrainingBudget) private readonly budget: TrainingBudget,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.runs = metrics.counter({ name: 'ratchet_trainer_runs_total', help: 'Training runs that have ended, by how: registered, or the code of the failure', labelNames: ['result'] });
  }

  async register(run: RunRow, base: Bundle, trained: TrainedModel): Promise<void> {
    const { model, costUsd, log } = trained;
    const cost = costUsd === undefined ? {} : { costUsd };
    if (model === base.provider.model) return this.fail(run, { code: 'failed', reason: 'the trained model equals its base', dataAtFault: true, log, ...cost });
    const bundle: Bundle = { ...base, provider: { ...base.provider, model } };
    const { cycleId, baseVersion, trainingRunId, dataHash } = run;
    const target = { model: run.model, workload: run.workload };
    const { datasetIds, opportunityIds } = await dataOfCycle(this.database, cycleId);
    const registered = await this.database.transaction(async (tx) => {
      const row = await lockTarget(tx, target);
      if (!row || !(await lockTrainingRun(tx, cycleId))) return undefined;
      const ordinal = row.lastOrdinal + 1;
      const version = versionIdOf({ ordinal, bundle });
      const now = new Date().toISOString();
      await insertVersion(tx, { ...target, versionId: version, ordinal, bundle, parentVersion: baseVersion });
      const trainingSeconds = await endRun(tx, cycleId, costUsd);
      await moveCycle(tx, { cycleId, state: 'judging', version });
      await keepLog(tx, run, log);
      await this.budget.tellRun(tx, target, costUsd);
      const of = { correlationId: cycleId };
      tx.emit(
        versionPublished,
        { versionId: version, ...target, ordinal, bundle, contentHash: bundleHash(bundle), parentVersion: baseVersion, publishedAt: now },
        { ...of, id: versionEventId({ versionId: version, ...target, parentVersion: baseVersion }) },
      );
      tx.emit(
        candidateRegistered,
        {
          cycleId, ...target, trainingRunId, baseVersion, version, datasetIds, opportunityIds, trainingConfig: this.trainingConfigOf(run), trainingSeconds, backend: trained.backend,
          ...(dataHash !== null && { dataHash }), metrics: { ...trained.metrics }, ...(trained.lossCurve && { lossCurve: [...trained.lossCurve] }), ...cost, registeredAt: now,
        },
        { ...of, id: derivedId('candidate', cycleId), causationId: derivedId('training-started', cycleId) },
      );
      return { version, ordinal };
    });
    if (!registered) return;
    this.runs.inc({ result: 'registered' });
    this.logger.info('a candidate is registered', { cycleId, ...registered });
  }

  async fail(run: RunRow, { code, reason, dataAtFault, costUsd, log = '' }: RunEnd): Promise<void> {
    const { cycleId, model, workload, trainingRunId, baseVersion } = run;
    const ended = await this.database.transaction(async (tx) => {
      if (!(await lockTrainingRun(tx, cycleId))) return false;
      await endRun(tx, cycleId, costUsd);
      await endCycle(tx, cycleId, 'failed', dataAtFault ? 'quarantined' : 'waiting');
      await keepLog(tx, run, log);
      if (run.runStartedAt) await this.budget.tellRun(tx, { model, workload }, costUsd);
      tx.emit(
        trainingFailed,
        { cycleId, model, workload, trainingRunId, baseVersion, reason, code, failedAt: new Date().toISOString() },
        { id: derivedId('training-failed', cycleId), correlationId: cycleId },
      );
      return true;
    });
    if (!ended) return;
    this.runs.inc({ result: code });
    this.logger.warn('training failed', { cycleId, code, reason });
  }

  private trainingConfigOf({ trainingConfig, memory }: RunRow): TrainingConfig {
    const written = trainingConfig ?? trainingConfigOf(configuredTraining(this.config), { seed: this.config.TRAINING_SEED, strategyIds: [] });
    return { ...written, ...(memory['method'] === 'dpo' && { method: 'dpo' }) };
  }
}
