import { z } from 'zod';
import { defineEvent, instantSchema } from '../event/event-definition.js';
import { targetFields } from '../target/target.js';

/** The rows of the article's compute budget. */
export const budgetComponentSchema = z.enum(['quality_monitoring', 'failure_analysis', 'data_generation', 'training', 'evaluation']);
export type BudgetComponent = z.infer<typeof budgetComponentSchema>;

const spendingSchema = z.object({ spentUsd: z.number().nonnegative(), limitUsd: z.number().nonnegative().nullable() });

/** What a component has spent on a target, and whether it has to wait. */
export const budgetChanged = defineEvent(
  'ratchet.budget.changed',
  z.object({
    component: budgetComponentSchema,
    ...targetFields,
    /** UTC, `2026-01`. */
    month: z.string().regex(/^\d{4}-\d{2}$/),
    /** Of one run (a cycle's turn of this component), the last one. */
    run: spendingSchema,
    /** Of the month, over all runs. */
    monthly: spendingSchema,
    calls: z.number().int().nonnegative(),
    /** What it waits for, in words for people; absent while it goes on. */
    waitingFor: z.object({ code: z.enum(['run_budget', 'month_budget', 'provider', 'reviewers', 'corrections']), message: z.string() }).optional(),
    changedAt: instantSchema,
  }),
);
export type BudgetChanged = z.infer<typeof budgetChanged.schema>;
