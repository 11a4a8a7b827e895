import type { BudgetComponent, Target } from '@ratchet/domain';
import type { TokenUsage } from '@ratchet/providers';
import type { BudgetLimits, ReservationDecision } from '../budget/decide-reservation.js';

/** Who spends: one run of one component on one target. */
export interface Account extends Target {
  readonly component: BudgetComponent;
  readonly runId: string;
}

export interface Reservation {
  readonly entryId: string;
  readonly account: Account;
  /** Of the question. */
  readonly contentHash: string;
  readonly kind: string;
  readonly amountUsd: number;
  readonly limits: BudgetLimits;
}

export interface Settlement {
  readonly entryId: string;
  readonly usage: TokenUsage;
  readonly costUsd: number;
  /** The provider counted no tokens. */
  readonly estimated: boolean;
  /** Stored in the same transaction, so that what was paid for is kept. */
  readonly result?: { readonly contentHash: string; readonly kind: string; readonly value: unknown };
}

export interface Totals {
  readonly runUsd: number;
  readonly monthUsd: number;
  /** Calls of the run that cost something or may have. */
  readonly calls: number;
}

/** Remembers what calls cost, and keeps their results. */
export interface Ledger {
  /** Sets the amount aside where the budgets allow it. */
  reserve(reservation: Reservation): Promise<ReservationDecision>;
  /** Replaces what was set aside by what it cost. */
  settle(settlement: Settlement): Promise<void>;
  /** A call that cost nothing. */
  release(entryId: string): Promise<void>;
  /** Calls that a crash interrupted: nobody knows what they cost, so they count for what was set aside. Only where no other process spends on the account. */
  settleInterrupted(account: Account): Promise<number>;
  totals(account: Account): Promise<Totals>;
  /** A result that was paid for before; undefined where there is none. */
  readResult(contentHash: string): Promise<unknown>;
}
