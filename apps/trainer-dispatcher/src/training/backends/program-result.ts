import { thinnedLossCurve } from '@ratchet/domain';
import { z } from 'zod';

const METRICS_MAX = 200;

/** What a program says when it is done: `result.json`, or a Job's last words. */
export const resultSchema = z.object({
  /** The new model's id at the provider that serves it. */
  model: z.string().trim().min(1).max(500),
  metrics: z.record(z.string().max(100), z.number()).refine((metrics) => Object.keys(metrics).length <= METRICS_MAX, `at most ${METRICS_MAX} metrics`).default({}),
  costUsd: z.number().nonnegative().optional(),
  /** `[{ step, trainLoss, retentionLoss?, penalty?, validLoss? }]`; what is no point is left out, and no reason to refuse the result. */
  lossCurve: z.array(z.unknown()).catch([]).transform((points) => thinnedLossCurve(points)).optional(),
});
export type ProgramResult = z.infer<typeof resultSchema>;

/** The result in a text, or what is wrong with it. */
export const readResult = (text: string): { readonly result: ProgramResult } | { readonly problem: string } => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'is not JSON' };
  }
  const parsed = resultSchema.safeParse(value);
  // Paths and rules alone: what stands in it is a program's own text.
  return parsed.success ? { result: parsed.data } : { problem: parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`).join('; ') };
};
