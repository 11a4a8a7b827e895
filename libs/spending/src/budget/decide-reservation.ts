export interface BudgetLimits {
  /** US dollars of one run; null sets no limit. */
  readonly runUsd: number | null;
  /** US dollars of a calendar month (UTC), over all runs of the component; null sets no limit. */
  readonly monthUsd: number | null;
}

/** What is spent, with what calls under way have set aside. */
export interface Spent {
  readonly runUsd: number;
  readonly monthUsd: number;
}

export type BudgetCode = 'run_budget' | 'month_budget';

export type ReservationDecision = { readonly granted: true } | { readonly granted: false; readonly code: BudgetCode; readonly message: string };

const dollars = (amount: number): string => `$${amount.toFixed(amount < 0.1 ? 4 : 2)}`;
/** Sums of many small amounts differ from their limit by rounding alone. */
const ROUNDING_USD = 1e-9;

/** Whether a call of this amount may be made. The month is looked at first: a new run cannot help where it is spent. */
export const decideReservation = ({ limits, spent, amountUsd }: { readonly limits: BudgetLimits; readonly spent: Spent; readonly amountUsd: number }): ReservationDecision => {
  const refusal = (code: BudgetCode, name: string, used: number, limit: number): ReservationDecision => ({
    granted: false,
    code,
    message: `the ${name}'s budget of ${dollars(limit)} is used up: ${dollars(used)} are spent or set aside, and the next call may cost ${dollars(amountUsd)}`,
  });
  const { runUsd, monthUsd } = limits;
  if (monthUsd !== null && spent.monthUsd + amountUsd > monthUsd + ROUNDING_USD) return refusal('month_budget', 'month', spent.monthUsd, monthUsd);
  if (runUsd !== null && spent.runUsd + amountUsd > runUsd + ROUNDING_USD) return refusal('run_budget', 'run', spent.runUsd, runUsd);
  return { granted: true };
};

/** The calendar month of a moment in UTC, `2026-01`. */
export const monthOf = (at: Date): string => at.toISOString().slice(0, 7);
