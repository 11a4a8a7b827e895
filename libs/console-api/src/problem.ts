import { z } from 'zod';

/** RFC 9457, as `application/problem+json`. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  /** What was wrong, and what to do. */
  detail: z.string(),
  /** By field of the request, where its content was refused. */
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof problemSchema>;
