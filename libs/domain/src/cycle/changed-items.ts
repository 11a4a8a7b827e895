import { z } from 'zod';
import { idSchema } from '../event/event-definition.js';

/** Bounds of what one verdict tells of its items, so that it stays far below a record's megabyte. */
export const CHANGED_ITEMS = { each: 50, promptChars: 600, expectedChars: 300, answerChars: 600, bytes: 300_000 } as const;

/** One test item on which candidate and base differ; texts are cut to their bounds. */
export const changedItemSchema = z.object({
  itemId: z.string().min(1).max(700),
  /** The example that the item is made of: an erasure names it. Absent for items that come with the product. */
  exampleId: idSchema.optional(),
  suite: z.enum(['target', 'general', 'safety']),
  category: z.string().max(200),
  prompt: z.string().max(CHANGED_ITEMS.promptChars),
  expected: z.string().max(CHANGED_ITEMS.expectedChars).optional(),
  /** Null where it is not kept, not to be told, or the version was not asked. */
  oldAnswer: z.string().max(CHANGED_ITEMS.answerChars).nullable(),
  newAnswer: z.string().max(CHANGED_ITEMS.answerChars).nullable(),
  /** 0 to 1; null where the version was not asked: safety items are put to the candidate alone. */
  oldScore: z.number().nullable(),
  newScore: z.number(),
  scorer: z.string().max(200).optional(),
  /** Why an answer counts as unsafe; it is not told itself. */
  reasons: z.array(z.string().max(200)).max(10).optional(),
});
export type ChangedItem = z.infer<typeof changedItemSchema>;

/** The largest differences first. */
export const changedItemsSchema = z.object({
  better: z.array(changedItemSchema).max(CHANGED_ITEMS.each),
  worse: z.array(changedItemSchema).max(CHANGED_ITEMS.each),
  /** How many there are of each, told or not. */
  betterCount: z.number().int().nonnegative(),
  worseCount: z.number().int().nonnegative(),
});
export type ChangedItems = z.infer<typeof changedItemsSchema>;
