import type { Target } from '@ratchet/domain';
import type { CycleFacts } from '../audit/cycle-record.js';

/** Rows as the console's tables hold them; at most `ROWS_MAX` of each sort. */
export interface AlertFact {
  readonly name: string;
  readonly workload: string;
  readonly severity: string;
  readonly message: string;
  readonly raisedAt: Date;
  readonly resolvedAt: Date | null;
}

export interface DayFact extends Target {
  /** `2026-11-23` */
  readonly day: string;
  readonly version: string;
  readonly requests: number;
  readonly errors: number;
  readonly outcomes: number;
  readonly failures: number;
}

export interface DecisionFact extends Target {
  readonly cycleId: string | null;
  readonly kind: string;
  readonly actor: string;
  readonly reason: string;
  readonly happenedAt: Date;
}

export interface CycleFact extends Target {
  readonly cycleId: string;
  readonly state: string;
  readonly version: string | null;
  readonly facts: CycleFacts;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

export interface SpendingFact extends Target {
  readonly component: string;
  readonly spentUsd: number;
  readonly limitUsd: number | null;
}

export interface OpportunityFact extends Target {
  readonly opportunityId: string;
  readonly rootCause: string;
  readonly size: number;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
  readonly closedAs: string | null;
}

export interface ReviewFact {
  readonly reviewer: string;
  readonly decision: string;
  readonly items: number;
}

export interface DeadDelivery {
  readonly receiver: string;
  readonly type: string;
  readonly attempts: number;
  readonly error: string | null;
  readonly lastAttemptAt: Date | null;
}

export interface ErasureFact extends Target {
  readonly erasureId: string;
  readonly removed: Readonly<Record<string, number>>;
  readonly completedAt: Date;
}

export interface AuditSpan {
  readonly records: number;
  readonly firstSequence: number | null;
  readonly lastSequence: number | null;
  readonly head: string | null;
  readonly brokenLinks: number;
}

export const ROWS_MAX = 500;
