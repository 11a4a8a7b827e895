import { interactionSchema } from '@ratchet/domain';
import { z } from 'zod';
import { evaluatorNames } from '../evaluators/quality-evaluator.js';

/** What is kept of a sampled interaction until it is judged. */
export const judgeTaskSchema = z.object({
  interaction: interactionSchema.pick({ interactionId: true, conversationId: true, userId: true, model: true, workload: true, version: true, assignment: true }),
  exchange: z.object({
    workload: z.string(),
    query: z.string(),
    response: z.string(),
    finishReason: z.string().optional(),
    context: z.array(z.string()),
    instructions: z.array(z.string()),
  }),
  due: z.array(z.object({ evaluator: z.enum(evaluatorNames), rate: z.number().min(0).max(1), weight: z.number().min(0).max(1) })),
  causationId: z.string(),
});
export type JudgeTask = z.infer<typeof judgeTaskSchema>;
