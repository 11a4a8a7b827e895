import { alertRaised, routingChanged } from '@ratchet/domain';
import { z } from 'zod';

const count = z.number().int().nonnegative();
const target = { model: z.string(), workload: z.string() };

/** The state of things in one answer, for scripts. */
export const statusSchema = z.object({
  /** Who serves, at most 500. */
  targets: z.array(z.object({ ...target, routing: routingChanged.schema })),
  /** Counts of all time by version, of at most 1,000 versions. */
  versions: z.array(z.object({ ...target, version: z.string(), requests: count, errors: count, outcomes: count, failures: count })),
  /** Counted up to 1,000. */
  openOpportunities: count,
  /** The newest 20 that are open. */
  alerts: z.array(alertRaised.schema),
  /** Events of interactions and signals by type, since this console started. */
  eventsSinceStart: z.record(z.string(), count),
  /** Records among them that could not be decoded. */
  rejectedSinceStart: count,
});
export type Status = z.infer<typeof statusSchema>;

export const newestQuerySchema = z.object({ limit: z.coerce.number().int().min(1).max(500).default(50) });
export type NewestQuery = z.infer<typeof newestQuerySchema>;

/** The newest first, with texts cut to 200 characters. */
export const newestInteractionsSchema = z.object({
  interactions: z.array(
    z.object({
      interactionId: z.string(),
      conversationId: z.string(),
      ...target,
      version: z.string(),
      query: z.string(),
      reply: z.string(),
      startedAt: z.string(),
      /** When the console read it. */
      seenAt: z.string(),
    }),
  ),
});
export type NewestInteractions = z.infer<typeof newestInteractionsSchema>;
