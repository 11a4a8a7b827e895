import { Inject, Injectable } from '@nestjs/common';
import { alertRaised, alertResolved, targetKey, trainingStarted } from '@ratchet/domain';
import type { Target } from '@ratchet/domain';
import { derivedId, Logger, Metrics, newEventId, RatchetError } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import type { Transaction } from '@ratchet/persistence';
import { CONFIG } from '@ratchet/service';
import type { Job, Tick } from '@ratchet/service';
import type { Config } from '../config.js';
import { claimExamples, waitingExamples } from '../persistence/example.repository.js';
import { hasOpenCycle } from '../persistence/fix.repository.js';
import { supersededInRow } from '../persistence/superseded.repository.js';
import { bundleOf, failureRates, insertCycle, lockTarget, targetsWithoutOpenCycle } from '../persistence/trainer.repository.js';
import type { TargetRow } from '../persistence/trainer.repository.js';
import { trainingHistory } from '../persistence/trigger.repository.js';
import { TrainingBudget } from './budget/training-budget.js';
import { Trainers } from './trainers.js';
import { configuredTraining, trainingConfigOf } from './training-config.js';
import { judgeTriggers } from './trigger.js';
import type { ShownFacts, TriggerDecision, TriggerFacts, TriggerVerdict } from './trigger.js';
import { triggerPolicyOf } from './trigger-policy.js';

export const TRAIN_JOB = 'train';
const LOOK_JOB = 'look-at-triggers';

type Queries = Pick<Database, 'query'>;
type Start = TriggerDecision & { readonly shown: ShownFacts; readonly causationId?: string };

/**
 * Looks at the triggers of targets without an open cycle, and opens a cycle where one fires: by the clock, and soon after each dataset and vitals. What an event
 * asks for is one job a target, so that many events make one look.
 */
@Injectable()
export class CycleStarter implements Tick, Job {
  readonly tickName = 'triggers';
  readonly jobName = LOOK_JOB;
  readonly everyMs: number;
  private readonly cycles;
  private readonly heldBack = new Map<string, string>();

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
    for (const target of await targetsWithoutOpenCycle(this.database)) await this.look(target);
  }

  async run(payload: unknown): Promise<void> {
    const { model, workload } = payload as Target;
    const target = (await targetsWithoutOpenCycle(this.database)).find((row) => targetKey(row) === targetKey({ model, workload }));
    if (target) await this.look(target);
  }

  /** With the transaction of the event that may have changed what the triggers see. */
  async lookSoon(tx: Transaction, { model, workload }: Target): Promise<void> {
    const runAt = new Date(Date.now() + this.config.TRIGGER_DEBOUNCE_MS);
    await tx.enqueue(LOOK_JOB, { model, workload }, { key: `${LOOK_JOB}-${targetKey({ model, workload })}`, keyMode: 'preserve_run_at', runAt });
  }

  /** By a person's command: whatever waits is trained on, without a trigger and also while the target is held. Where nothing can begin, an event says why. */
  async startByCommand(tx: Transaction, target: Target, reason: string, causationId: string = newEventId()): Promise<void> {
    const locked = await lockTarget(tx, target);
    const refusal = await this.refusalOf(tx, target, locked);
    if (locked && refusal === undefined) {
      const { shown } = await this.judge(tx, locked);
      await this.open(tx, locked, { trigger: 'command', reason, shown, causationId });
    } else this.refuse(tx, target, refusal ?? '', causationId);
  }

  private async refusalOf(tx: Transaction, target: Target, locked: TargetRow | undefined): Promise<string | undefined> {
    if (!locked) return 'the target has no champion; adopt one with `ratchet adopt`';
    const [open] = await tx.query<{ cycle_id: string; state: string }>(`select cycle_id, state from cycles where model = $1 and workload = $2 and ended_at is null`, [target.model, target.workload]);
    if (open) return `cycle ${open.cycle_id} is open (${open.state}); a target has one at a time`;
    const { waiting } = await waitingExamples(tx, locked);
    return waiting === 0 ? 'no example waits to be trained on' : this.budget.overBudget(tx, target);
  }

  /** The alert is over as soon as it is told: it answers a person, and nothing has to be set right. */
  private refuse(tx: Transaction, target: Target, reason: string, causationId: string): void {
    this.logger.warn('no cycle was begun', { ...target, reason });
    const alertId = derivedId('training-not-started', causationId);
    const now = new Date().toISOString();
    const message = `no cycle of ${targetKey(target)} was begun: ${reason}`;
    const fields = { alertId, workload: target.workload, name: 'training_not_started', message };
    tx.emit(alertRaised, { ...fields, severity: 'info', raisedAt: now }, { id: derivedId('alert.raised', alertId), causationId });
    tx.emit(alertResolved, { ...fields, resolvedAt: now }, { id: derivedId('alert.resolved', alertId), causationId });
  }

  private async look(target: TargetRow): Promise<void> {
    const { decision, heldBackBy } = await this.judge(this.database, target);
    this.tellHeldBack(target, heldBackBy);
    if (!decision) return;
    // Another instance may have begun one since: what is decided under the lock counts.
    await this.database.transaction(async (tx) => {
      const locked = await lockTarget(tx, target);
      if (!locked || (await hasOpenCycle(tx, target))) return;
      const verdict = await this.judge(tx, locked);
      if (!verdict.decision || (await this.budget.overBudget(tx, target)) !== undefined) return;
      await this.open(tx, locked, { ...verdict.decision, shown: verdict.shown });
    });
  }

  /** Once for each reason, as it is looked at every few seconds. */
  private tellHeldBack(target: Target, reason: string | undefined): void {
    const key = targetKey(target);
    const kind = reason?.replaceAll(/\d+/gu, '#');
    if (kind !== undefined && this.heldBack.get(key) !== kind) this.logger.info('a trigger fired, and nothing is begun', { model: target.model, workload: target.workload, reason });
    if (kind === undefined) this.heldBack.delete(key);
    else this.heldBack.set(key, kind);
  }

  private async judge(db: Queries, target: TargetRow): Promise<TriggerVerdict> {
    return judgeTriggers(await this.factsOf(db, target), triggerPolicyOf(this.config, target.workload));
  }

  private async factsOf(db: Queries, target: TargetRow): Promise<TriggerFacts> {
    const { config } = this;
    const nowMs = Date.now();
    const { waiting, fresh, highPriority } = await waitingExamples(db, target);
    const { held, lastEndedAt, failedInRow } = await trainingHistory(db, target);
    const { length: superseded } = await supersededInRow(db, target);
    const rates = await failureRates(db, target, { baselineOutcomes: config.TRIGGER_DEGRADATION_BASELINE, currentSince: new Date(nowMs - config.TRIGGER_DEGRADATION_WINDOW_MS) });
    return { nowMs, lastTrainingMs: target.lastCycleAt.getTime(), lastEndedMs: lastEndedAt?.getTime(), failedInRow: failedInRow + superseded, held, ...rates, waitingExamples: waiting, newExamples: fresh, highPriorityFix: highPriority };
  }

  /** Under the target's lock, where no cycle is open. */
  private async open(tx: Transaction, locked: TargetRow, { trigger, reason, shown, causationId }: Start): Promise<void> {
    const target = { model: locked.model, workload: locked.workload };
    const base = await bundleOf(tx, locked.champion);
    const cycleId = newEventId();
    const data = await claimExamples(tx, target, { cycleId, configured: configuredTraining(this.config) });
    // An erasure may have taken them since they were counted: it is looked at again.
    if (data.exampleCount === 0) throw new RatchetError({ code: 'examples_gone', message: 'the examples that waited are gone', retryable: true });
    const trainingRunId = derivedId('training-run', cycleId);
    const trainingConfig = trainingConfigOf(data.training, { seed: this.config.TRAINING_SEED, strategyIds: data.strategyIds });
    await insertCycle(tx, { ...target, cycleId, trigger, reason, baseVersion: locked.champion, trainingRunId, trainingConfig });
    tx.emit(
      trainingStarted,
      {
        cycleId,
        ...target,
        trainingRunId,
        baseVersion: locked.champion,
        trigger,
        triggerReason: reason,
        datasetIds: data.datasetIds,
        opportunityIds: data.opportunityIds,
        failuresAnalyzed: data.failuresAnalyzed,
        exampleCount: data.exampleCount,
        trainingConfig,
        triggerFacts: shown,
        ...(base && { backend: this.trainers.backendOf(target, base) }),
        startedAt: new Date().toISOString(),
      },
      { id: derivedId('training-started', cycleId), correlationId: cycleId, ...(causationId !== undefined && { causationId }) },
    );
    await tx.enqueue(TRAIN_JOB, { cycleId }, { key: `train-${cycleId}` });
    this.cycles.inc({ trigger });
    this.logger.info('a cycle has begun', { cycleId, ...target, trigger, reason, examples: data.exampleCount, ...data.training });
  }
}
