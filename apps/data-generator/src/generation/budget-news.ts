import { Inject, Injectable } from '@nestjs/common';
import { budgetChanged, type Target } from '@ratchet/domain';
import { Logger } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { monthOf } from '@ratchet/spending';
import { TeachingStaff } from '../teaching/teaching-staff.js';
import type { whyWaiting } from './why-waiting.js';
import type { TeachingStop } from '../teaching/teacher.js';

/** Tells everybody what a run has cost, and what it waits for. */
@Injectable()
export class BudgetNews {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Logger) private readonly logger: Logger,
    @Inject(TeachingStaff) private readonly staff: TeachingStaff,
  ) {}

  /** At once, not only at the run's end: people see why it waits while the rest goes on. */
  async tellStop(target: Target, runId: string, stop: TeachingStop): Promise<void> {
    this.logger.warn('the teacher is asked no more in this run', { ...target, ...stop });
    await this.tell({ target, runId, waitingFor: { code: stop.code, message: stop.message } });
  }

  async tell({ target, runId, waitingFor }: { target: Target; runId: string; waitingFor: ReturnType<typeof whyWaiting> }): Promise<void> {
    const { runUsd, monthUsd, calls } = await this.staff.totals(target, runId);
    const { limits } = this.staff;
    const at = new Date();
    await this.database.transaction(async (tx) => {
      tx.emit(budgetChanged, {
        component: 'data_generation', ...target, month: monthOf(at), run: { spentUsd: runUsd, limitUsd: limits.runUsd }, monthly: { spentUsd: monthUsd, limitUsd: limits.monthUsd }, calls,
        ...(waitingFor && { waitingFor }), changedAt: at.toISOString(),
      });
    });
  }
}
