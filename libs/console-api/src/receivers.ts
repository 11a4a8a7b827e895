import { budgetChanged } from '@ratchet/domain';
import { z } from 'zod';

/** What components spent and what they wait for, the newest first. */
export const budgetsSchema = z.object({ budgets: z.array(budgetChanged.schema) });

/** The webhooks that are configured, without their secrets, each with the last deliveries. */
export const webhooksShownSchema = z.object({
  webhooks: z.array(
    z.object({
      name: z.string(),
      /** The part of its address that may be shown. */
      origin: z.string(),
      events: z.array(z.string()),
      workloads: z.array(z.string()).optional(),
      signed: z.boolean(),
      /** Its receiver answered that it wants no more. */
      ended: z.boolean(),
      waiting: z.number().int().nonnegative(),
      oldestSeconds: z.number(),
      last: z.array(
        z.object({
          webhookId: z.string(),
          type: z.string(),
          state: z.string(),
          attempts: z.number().int(),
          lastAttemptAt: z.iso.datetime({ offset: true }),
          nextAttemptAt: z.iso.datetime({ offset: true }),
          status: z.number().int().nullable(),
          error: z.string().nullable(),
          response: z.string().nullable(),
        }),
      ),
    }),
  ),
});
