import { targetKey, type Target } from '@ratchet/domain';
import type { TeacherClient } from '@ratchet/providers';
import { BudgetedTeacher, type Account, type BudgetLimits, type Ledger, type TokenPrice, type Totals } from '@ratchet/spending';
import { Teacher, type TeachingStop } from './teacher.js';
import type { TeachRules } from './teach-opportunity.js';

export interface TeachingStaffOptions {
  /** Undefined where none is configured: then truth comes from people alone. */
  readonly client: TeacherClient | undefined;
  readonly ledger: Ledger;
  readonly limits: BudgetLimits;
  readonly price: TokenPrice;
  readonly rules: TeachRules;
  readonly callsPerRunMax: number;
}

/** Hires the teacher, where there is one, and knows what it has cost. */
export class TeachingStaff {
  private readonly settled = new Map<string, Promise<unknown>>();

  constructor(private readonly options: TeachingStaffOptions) {}

  get rules(): TeachRules {
    return this.options.rules;
  }

  get limits(): BudgetLimits {
    return this.options.limits;
  }

  /** A teacher with the budget and the calls of one run; undefined where none is configured. */
  async hire({ target, runId, onStop, signal }: { readonly target: Target; readonly runId: string; readonly onStop: (stop: TeachingStop) => Promise<void>; readonly signal?: AbortSignal | undefined }): Promise<Teacher | undefined> {
    const { client, ledger, limits, price, callsPerRunMax } = this.options;
    if (!client) return undefined;
    const account = this.accountOf(target, runId);
    await this.settleInterrupted(account);
    const paid = new BudgetedTeacher({ client, ledger, account, limits, price, callsMax: callsPerRunMax });
    return new Teacher({ paid, totals: () => ledger.totals(account), onStop, signal });
  }

  /** Only the leader teaches: what is set aside before its first run of a target belongs to a process that is gone. */
  private settleInterrupted(account: Account): Promise<unknown> {
    const key = targetKey(account);
    const settling = this.settled.get(key) ?? this.options.ledger.settleInterrupted(account);
    this.settled.set(key, settling);
    settling.catch(() => this.settled.delete(key));
    return settling;
  }

  totals(target: Target, runId: string): Promise<Totals> {
    return this.options.ledger.totals(this.accountOf(target, runId));
  }

  private accountOf(target: Target, runId: string): Account {
    return { component: 'data_generation', model: target.model, workload: target.workload, runId };
  }
}
