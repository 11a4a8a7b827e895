import { z } from 'zod';

export const rootCauseSchema = z.enum(['knowledge_gap', 'intent_misunderstood', 'format_unclear', 'over_conservative_safety', 'insufficient_grounding']);
export type RootCause = z.infer<typeof rootCauseSchema>;

export const fixTypeSchema = z.enum(['knowledge_entries', 'training_examples', 'prompt_patch', 'safety_threshold', 'retrieval_change']);
export type FixType = z.infer<typeof fixTypeSchema>;

/** The article's root-cause table. */
export const fixOfRootCause: Record<RootCause, FixType> = {
  knowledge_gap: 'knowledge_entries',
  intent_misunderstood: 'training_examples',
  format_unclear: 'prompt_patch',
  over_conservative_safety: 'safety_threshold',
  insufficient_grounding: 'retrieval_change',
};
