export { costOf, estimateUsage, type TokenPrice } from './budget/price.js';
export { decideReservation, monthOf, type BudgetCode, type BudgetLimits, type ReservationDecision, type Spent } from './budget/decide-reservation.js';
export { BudgetExceededError } from './budget/budget-exceeded.error.js';
export type { Account, Ledger, Reservation, Settlement, Totals } from './ledger/ledger.js';
export { InMemoryLedger } from './ledger/in-memory-ledger.js';
export { PostgresLedger } from './ledger/postgres-ledger.js';
export { PAID_RESULTS_TABLE, SPENDING_TABLES } from './ledger/spending-tables.js';
export { BudgetedTeacher, questionHash, type BudgetedTeacherOptions, type PaidResult } from './teacher/budgeted-teacher.js';
