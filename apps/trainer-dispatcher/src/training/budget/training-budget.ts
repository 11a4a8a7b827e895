import { Inject, Injectable } from '@nestjs/common';
import { budgetChanged } from '@ratchet/domain';
import type { Target } from '@ratchet/domain';
import { Logger } from '@ratchet/observability';
import type { Database, Transaction } from '@ratchet/persistence';
import { CONFIG } from '@ratchet/service';
import type { Config } from '../../config.js';
import { clearWait, noteWait, spentOnTraining } from '../../persistence/run.repository.js';
import { budgetStop } from './decide-budget.js';
import type { TrainingLimits } from './decide-budget.js';

/** The calendar month of a moment in UTC, `2026-01`. */
const monthOf = (at: Date): string => at.toISOString().slice(0, 7);

/** What training may use of a target's month, and who is told. */
@Injectable()
export class TrainingBudget {
  private readonly limits: TrainingLimits;

  constructor(
    @Inject(CONFIG) { TRAINING_HOURS_PER_MONTH: hours, TRAINING_USD_PER_MONTH: usd }: Pick<Config, 'TRAINING_HOURS_PER_MONTH' | 'TRAINING_USD_PER_MONTH'>,
    @Inject(Logger) private readonly logger: Logger,
  ) {
    this.limits = { hours: hours ?? null, usd: usd ?? null };
  }

  /** Before a cycle is opened: why it has to wait, or undefined. That it waits, and that it need not any more, is told once each. */
  async overBudget(tx: Transaction, target: Target): Promise<string | undefined> {
    const at = new Date();
    const stop = await this.stopOf(tx, target, at);
    if (stop === undefined) {
      if (await clearWait(tx, target)) await this.tell(tx, target, { at });
    } else if (await noteWait(tx, target, monthOf(at))) {
      await this.tell(tx, target, { at, waiting: stop });
      this.logger.warn('no training: the budget of the month is used up', { model: target.model, workload: target.workload });
    }
    return stop;
  }

  /** Whether a run has to end; runs under way count up to now. */
  async stopOf(db: Pick<Database, 'query'>, target: Target, at = new Date()): Promise<string | undefined> {
    const { hours, usd } = this.limits;
    return hours === null && usd === null ? undefined : budgetStop(await spentOnTraining(db, target, at), this.limits);
  }

  /** After a run: what it cost, and whether the next one waits. */
  async tellRun(tx: Transaction, target: Target, costUsd: number | undefined): Promise<void> {
    const at = new Date();
    const waiting = await this.stopOf(tx, target, at);
    if (waiting !== undefined) await noteWait(tx, target, monthOf(at));
    await this.tell(tx, target, { at, runUsd: costUsd ?? 0, ...(waiting !== undefined && { waiting }) });
  }

  private async tell(tx: Transaction, { model, workload }: Target, { at, runUsd = 0, waiting }: { at: Date; runUsd?: number; waiting?: string }): Promise<void> {
    const spent = await spentOnTraining(tx, { model, workload }, at);
    tx.emit(budgetChanged, {
      component: 'training', model, workload, month: monthOf(at), run: { spentUsd: runUsd, limitUsd: null }, monthly: { spentUsd: spent.usd, limitUsd: this.limits.usd }, calls: spent.runs,
      ...(waiting !== undefined && { waitingFor: { code: 'month_budget' as const, message: waiting } }), changedAt: at.toISOString(),
    });
  }
}
