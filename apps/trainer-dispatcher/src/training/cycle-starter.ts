import { Inject, Injectable } from '@nestjs/common';
import { trainingStarted } from '@ratchet/domain';
import type { Target } from '@ratchet/domain';
import { derivedId, Logger, Metrics, newEventId } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import type { Transaction } from '@ratchet/persistence';
import { CONFIG } from '@ratchet/service';
import type { Tick } from '@ratchet/service';
import type { Config } from '../config.js';
import { claimExamples, waitingExamples } from '../persistence/example.repository.js';
import { bundleOf, failureRates, insertCycle, lockTarget, targetsWithoutOpenCycle } from '../persistence/trainer.repository.js';
import type { TargetRow } from '../persistence/trainer.repository.js';
import { TrainingBudget } from './budget/training-budget.js';
import { Trainers } from './trainers.js';
import { configuredTraining, trainingConfigOf } from './training-config.js';
import { shouldTrain } from './trigger.js';
import type { TriggerDecision } from './trigger.js';

export const TRAIN_JOB = 'train';

/** Looks at the triggers of every target without an open cycle, and opens a cycle where one fires. */
@Injectable()
export class CycleStarter implements Tick {
  readonly tickName = 'triggers';
  readonly everyMs: number;
  private readonly cycles;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Database) private readonly database: Database,
    @Inject(Logger) private readonly logger: Logger,
    @Inject(Metrics) metrics: Metrics,
    @Inject(TrainingBudget) private readonly budget: TrainingBudget,
    @Inject(Trainers) private readonly trainers: Trainers,
  ) {
    this.everyMs = config.TRIGGER_EVERY_MS;
    this.cycles = metrics.counter({ name: 'ratchet_trainer_cycles_total', help: 'Improvement cycles begun, by trigger', labelNames: ['trigger'] });
  }

  async tick(): Promise<void> {
    for (const target of await targetsWithoutOpenCycle(this.database)) {
      const decision = await this.decide(target);
      if (decision) await this.database.transaction((tx) => this.open(tx, target, decision));
    }
  }

  /** By a person's command: whatever waits is trained on, without a trigger. */
  async startByCommand(tx: Transaction, target: Target, reason: string): Promise<void> {
    await this.open(tx, target, { trigger: 'command', reason });
  }

  private async decide(target: TargetRow): Promise<TriggerDecision | undefined> {
    const { config } = this;
    const { waiting, fresh, highPriority } = await waitingExamples(this.database, target);
    if (waiting === 0) return undefined;
    const nowMs = Date.now();
    const rates = await failureRates(this.database, target, {
      baselineOutcomes: config.TRIGGER_DEGRADATION_OUTCOMES,
      currentSince: new Date(nowMs - config.TRIGGER_DEGRADATION_WINDOW_MS),
    });
    return shouldTrain(
      { nowMs, lastTrainingMs: target.lastCycleAt.getTime(), ...rates, waitingExamples: waiting, newExamples: fresh, highPriorityFix: highPriority },
      {
        scheduleMs: config.TRIGGER_SCHEDULE_MS,
        degradationRatio: config.TRIGGER_DEGRADATION_RATIO,
        degradationOutcomes: config.TRIGGER_DEGRADATION_OUTCOMES,
        exampleThreshold: config.TRIGGER_EXAMPLES,
        pauseMs: config.TRIGGER_PAUSE_MS,
      },
    );
  }

  private async open(tx: Transaction, target: Target, { trigger, reason }: TriggerDecision): Promise<void> {
    const locked = await lockTarget(tx, target);
    if (!locked) return this.logger.warn('no cycle: the target has no champion; adopt one with `ratchet adopt`', { ...target });
    const [open] = await tx.query(`select 1 from cycles where model = $1 and workload = $2 and ended_at is null`, [target.model, target.workload]);
    if (open) return this.logger.info('no second cycle: one is open', { ...target });
    if (await this.budget.overBudget(tx, target)) return;
    const base = await bundleOf(tx, locked.champion);
    const cycleId = newEventId();
    const data = await claimExamples(tx, target, { cycleId, configured: configuredTraining(this.config) });
    if (data.exampleCount === 0) return this.logger.info('no cycle: no example waits', { ...target });
    const trainingRunId = derivedId('training-run', cycleId);
    const trainingConfig = trainingConfigOf(data.training, { seed: this.config.TRAINING_SEED, strategyIds: data.strategyIds });
    await insertCycle(tx, { ...target, cycleId, trigger, reason, baseVersion: locked.champion, trainingRunId, trainingConfig });
    tx.emit(
      trainingStarted,
      {
        cycleId,
        model: target.model,
        workload: target.workload,
        trainingRunId,
        baseVersion: locked.champion,
        trigger,
        triggerReason: reason,
        datasetIds: data.datasetIds,
        opportunityIds: data.opportunityIds,
        failuresAnalyzed: data.failuresAnalyzed,
        exampleCount: data.exampleCount,
        trainingConfig,
        ...(base && { backend: this.trainers.backendOf(target, base) }),
        startedAt: new Date().toISOString(),
      },
      { id: derivedId('training-started', cycleId), correlationId: cycleId },
    );
    await tx.enqueue(TRAIN_JOB, { cycleId }, { key: `train-${cycleId}` });
    this.cycles.inc({ trigger });
    this.logger.info('a cycle has begun', { cycleId, ...target, trigger, examples: data.exampleCount, ...data.training });
  }
}
