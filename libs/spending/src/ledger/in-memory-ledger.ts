import { decideReservation, monthOf, type ReservationDecision } from '../budget/decide-reservation.js';
import type { Account, Ledger, Reservation, Settlement, Totals } from './ledger.js';

interface Entry {
  readonly account: Account;
  readonly month: string;
  readonly costUsd: number;
  readonly open: boolean;
}

/** The twin of the ledger in PostgreSQL: lost with the process. */
export class InMemoryLedger implements Ledger {
  readonly entries = new Map<string, Entry>();
  readonly results = new Map<string, unknown>();

  constructor(private readonly now: () => Date = () => new Date()) {}

  async reserve({ entryId, account, amountUsd, limits }: Reservation): Promise<ReservationDecision> {
    const decision = decideReservation({ limits, spent: this.sum(account), amountUsd });
    if (decision.granted) this.entries.set(entryId, { account, month: monthOf(this.now()), costUsd: amountUsd, open: true });
    return decision;
  }

  async settle({ entryId, costUsd, result }: Settlement): Promise<void> {
    const entry = this.entries.get(entryId);
    if (entry) this.entries.set(entryId, { ...entry, costUsd, open: false });
    if (result && !this.results.has(result.contentHash)) this.results.set(result.contentHash, result.value);
  }

  async release(entryId: string): Promise<void> {
    this.entries.delete(entryId);
  }

  async settleInterrupted({ component, model, workload }: Account): Promise<number> {
    const open = [...this.entries].filter(([, { open: isOpen, account }]) => isOpen && account.component === component && account.model === model && account.workload === workload);
    for (const [entryId, entry] of open) this.entries.set(entryId, { ...entry, open: false });
    return open.length;
  }

  async totals(account: Account): Promise<Totals> {
    return this.sum(account);
  }

  async readResult(contentHash: string): Promise<unknown> {
    return this.results.get(contentHash);
  }

  private sum({ component, runId }: Account): Totals {
    const month = monthOf(this.now());
    const own = [...this.entries.values()].filter(({ account }) => account.component === component);
    const total = (entries: readonly Entry[]): number => entries.reduce((sum, { costUsd }) => sum + costUsd, 0);
    const ofRun = own.filter(({ account }) => account.runId === runId);
    return { runUsd: total(ofRun), monthUsd: total(own.filter((entry) => entry.month === month)), calls: ofRun.length };
  }
}
