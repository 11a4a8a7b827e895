import { z } from 'zod';

const fields = {
  /** Share of conversations, by a hash of their ids, of which all turns are kept; 0 where texts must not be kept beyond the topic. */
  share: z.number().min(0).max(1).default(1),
};

/** How much of what users and models said the console keeps to show failures in their conversations. */
export const conversationsConfigSchema = z
  .object({
    ...fields,
    /** Turns of conversations without a failure, the newest. */
    turnsMax: z.number().int().min(0).max(100_000_000).default(1_000_000),
    /** Failures, the newest, each with its conversation. */
    failuresMax: z.number().int().min(1).max(100_000_000).default(100_000),
    failureDays: z.number().int().min(1).max(3_650).default(90),
    workloads: z.record(z.string(), z.object({ share: fields.share.unwrap() }).strict()).default({}),
  })
  .strict();
export type ConversationsConfig = z.infer<typeof conversationsConfigSchema>;
