import { shareSchema } from '@ratchet/domain';
import { z } from 'zod';

const durationMs = z.number().int().nonnegative();
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** All that a rollout is judged by. It is frozen into the rollout when it is created: later configuration changes the next one only. */
export const rolloutPolicySchema = z
  .object({
    /** Share of the traffic in each stage; the last must be 1. The last stage is served at `1 - holdback` while it bakes. */
    shares: z.array(shareSchema.positive()).min(2).max(20).default([0.01, 0.05, 0.25, 0.5, 1]),
    /** Settled conversations of the candidate that a stage needs before it may be left. */
    minSamples: z.array(z.number().int().positive()).default([50, 200, 200, 200, 200]),
    /** Shortest stay in each stage before the last. */
    minSoakMs: z.array(durationMs).default([DAY_MS, DAY_MS, DAY_MS, DAY_MS]),
    bakeMs: durationMs.default(DAY_MS),
    /** Rest of the traffic that stays on the old version during the bake, so that a rollback still has a comparison. */
    holdback: z.number().positive().max(0.5).default(0.05),
    /** After this time in one stage without a verdict, a person is asked. */
    maxStageMs: durationMs.positive().default(7 * DAY_MS),
    noDataDeadlineMs: durationMs.positive().default(30 * MINUTE_MS),
    onNoData: z.enum(['hold', 'rollback']).default('hold'),
    /** A settled conversation counts only this long after it was reported. */
    labelDelayMs: durationMs.default(0),
    /** Relative loss of the success rate that is tolerated. */
    margin: z.number().positive().max(0.5).default(0.05),
    alpha: z.number().positive().max(0.2).default(0.05),
    errorMargin: z.number().positive().max(0.5).default(0.02),
    errorAlpha: z.number().positive().max(0.2).default(0.01),
    /** Scale of the losses that the error test looks for. Far above its margin, so that an outage is seen in 60 requests; simulated at the margin, the error rate stays below `errorAlpha`. */
    errorTau: z.number().positive().max(0.5).default(0.05),
    /** No verdict of harm or of proof on fewer conversations in either arm. */
    minTestSample: z.number().int().positive().default(50),
    /** Rate of unsafe answers that is accepted (q0) and that must be caught (q1). */
    safety: z.object({ accepted: z.number().positive().max(0.5), caught: z.number().positive().max(0.9), alpha: z.number().positive().max(0.2) }).default({ accepted: 0.001, caught: 0.01, alpha: 0.05 }),
    sampleRatio: z.object({ bayesFactor: z.number().min(1), minExpected: z.number().positive(), concentration: z.number().positive() }).default({ bayesFactor: 100, minExpected: 10, concentration: 100 }),
    /** `minIncreaseMs`: a smaller increase is not felt, whatever its ratio. */
    latency: z.object({ maxRatio: z.number().min(1), minRequests: z.number().int().positive(), minIncreaseMs: durationMs }).default({ maxRatio: 1.5, minRequests: 200, minIncreaseMs: 100 }),
    /** Stages with a smaller share compare with all of production that stays on the champion: an equal control arm would be too small to see a disaster. */
    productionBaselineBelowShare: shareSchema.default(0.05),
    /** Stages (1 is the first) that a person must approve before they are entered. */
    approvalStages: z.array(z.number().int().positive()).default([]),
    /** A candidate without enough evidence waits so long for a person's word, then it is dropped. */
    approvalWaitMs: durationMs.positive().default(7 * DAY_MS),
    stickTo: z.enum(['conversation', 'user']).default('conversation'),
  })
  .superRefine((policy, context) => {
    const refuse = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    const stages = policy.shares.length;
    if (policy.shares.some((share, i) => i > 0 && share <= (policy.shares[i - 1] ?? 0))) refuse('shares', 'must grow from stage to stage, because nobody may leave the candidate while it grows');
    if (policy.shares.at(-1) !== 1) refuse('shares', 'must end with 1');
    if (policy.shares.slice(0, -1).some((share) => share > 1 - policy.holdback)) refuse('shares', 'must not exceed 1 - holdback before the last stage');
    if (policy.minSamples.length !== stages) refuse('minSamples', `must have one number for each of the ${stages} stages`);
    if (policy.minSoakMs.length !== stages - 1) refuse('minSoakMs', `must have one number for each of the ${stages - 1} stages before the last, which has bakeMs`);
    if (Math.max(policy.bakeMs, ...policy.minSoakMs) >= policy.maxStageMs) refuse('maxStageMs', 'must be longer than every minSoakMs and bakeMs, or each stage would end with a person');
    if (policy.safety.caught <= policy.safety.accepted) refuse('safety', 'caught must be above accepted');
    if (policy.approvalStages.some((stage) => stage > stages)) refuse('approvalStages', `must name stages from 1 to ${stages}`);
  });
export type RolloutPolicy = z.infer<typeof rolloutPolicySchema>;

/** Names formulas, order of checks and their combination; changes with any of them. */
export const FORMULA_VERSION = 'rollout-1';

export const lastStageOf = (policy: RolloutPolicy): number => policy.shares.length;

/** The share served in a stage (1 is the first); 0 before the first. */
export const shareOf = (policy: RolloutPolicy, stage: number): number => (stage === lastStageOf(policy) ? 1 - policy.holdback : (policy.shares[stage - 1] ?? 0));

/** The champion's success rate, fixed before the first stage: a test's scale must not depend on what it sees. */
export interface ReferenceRates {
  readonly success: number;
}

/** Scale of the differences looked for: min(margin * reference, (1 - reference) / 2). */
export const tauOf = ({ margin, reference }: { margin: number; reference: number }): number => Math.min(margin * reference, (1 - reference) / 2);

export const USUAL_REFERENCES: ReferenceRates = { success: 0.85 };
const MIN_REFERENCE_SAMPLE = 50;
// Above 0.99, tau falls so far below the failure rate that the bound gets wide without being any safer.
const HIGHEST_REFERENCE = 0.99;
const LOWEST_REFERENCE = 0.05;

/** The champion's own rate where it has served enough conversations, else the usual one. */
export const referencesOf = ({ units, failedUnits }: { readonly units: number; readonly failedUnits: number }): ReferenceRates =>
  units < MIN_REFERENCE_SAMPLE ? USUAL_REFERENCES : { success: Math.min(HIGHEST_REFERENCE, Math.max(LOWEST_REFERENCE, (units - failedUnits + 1) / (units + 2))) };
