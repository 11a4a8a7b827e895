import { type RolloutTerms, shareSchema } from '@ratchet/domain';
import { z } from 'zod';

const durationMs = z.number().int().nonnegative();
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** What can roll a rollout back. `success` is the failure rate by signals, settled conversation by conversation. */
export const guardNames = ['safety', 'success', 'errors', 'quality', 'cost', 'latency'] as const;
export type GuardName = (typeof guardNames)[number];
const weight = z.number().positive().max(1);
const proof = z
  .enum(['measured', 'required', 'none'])
  .default('measured')
  .describe('`measured`: must be proven before the last stage once both arms have the minimum, and is absent until then; `required`: holds without the minimum, too; `none`: only harm counts');
const minimum = z.number().int().min(20);

/** All that a rollout is judged by. It is frozen into the rollout when it is created: later configuration changes the next one only. */
export const rolloutPolicySchema = z
  .object({
    shares: z.array(shareSchema.positive()).min(2).max(20).default([0.01, 0.05, 0.25, 0.5, 1]).describe('Share of the traffic in each stage; the last must be 1, and is served at 1 - holdback while it bakes'),
    minSamples: z.array(z.number().int().positive()).default([50, 200, 200, 200, 200]).describe('Settled conversations of the candidate that a stage needs before it may be left'),
    minSoakMs: z.array(durationMs).default([DAY_MS, DAY_MS, DAY_MS, DAY_MS]).describe('Shortest stay in each stage before the last'),
    bakeMs: durationMs.default(DAY_MS).describe('Stay in the last stage'),
    holdback: z.number().positive().max(0.5).default(0.05).describe('Share that stays on the old version during the bake, so that a rollback still has a comparison'),
    maxStageMs: durationMs.positive().default(7 * DAY_MS).describe('After this time in one stage without a verdict, a person is asked'),
    noDataDeadlineMs: durationMs.positive().default(30 * MINUTE_MS).describe('Silence that holds the rollout'),
    onNoData: z.enum(['hold', 'rollback']).default('hold').describe('What follows from silence of the candidate alone; where no arm has data the rollout always holds'),
    labelDelayMs: durationMs.default(0).describe('A settled conversation counts only this long after it was reported'),
    guardsOff: z.array(z.enum(guardNames)).default([]).describe('Guards that are switched off'),
    thresholdZero: z.array(z.enum(['success', 'errors', 'quality', 'cost'])).default([]).describe('Guards for which any supported loss over all stages is harm. Their proof keeps the margin: no finite evidence proves a loss of none'),
    margin: z.number().positive().max(0.5).default(0.05).describe('Relative loss of the success rate that is tolerated'),
    alpha: z.number().positive().max(0.2).default(0.05).describe('Chance of a false harm over all guards together (Holm), and of each false proof'),
    weights: z
      .object({
        success: weight.default(0.8).describe('Parts of alpha that the guards have. Only their ratios matter, and a guard that is off leaves its part to the others'),
        errors: weight.default(0.1),
        quality: weight.default(0.04),
        cost: weight.default(0.03),
        latency: weight.default(0.03),
      })
      .prefault({}),
    errorMargin: z.number().positive().max(0.5).default(0.02).describe('Relative loss of the rate of requests without an error that is tolerated'),
    /** Far above the margin, so that an outage is seen in about 60 requests. Exactly at the margin, simulated at 1 % of the traffic, the chance of a false harm is then twice its part of alpha. */
    errorTau: z.number().positive().max(0.5).default(0.05).describe('Scale of the losses that the error test looks for'),
    minTestSample: z.number().int().positive().default(50).describe('No verdict of harm or of proof on fewer conversations (of errors: requests) in either arm'),
    quality: z
      .object({
        margin: z.number().positive().max(0.5).default(0.05).describe('Relative loss of a mean quality score that is tolerated'),
        minScores: minimum.default(100).describe('Scored conversations that each arm needs'),
        evaluators: z.array(z.enum(['relevance', 'factuality', 'format'])).min(1).default(['relevance', 'factuality', 'format']).describe('Each is a test of its own'),
        scoredBy: z.array(z.enum(['rules', 'judges'])).min(1).default(['rules', 'judges']).describe('Whose scores count, apart from each other'),
        proof,
      })
      .prefault({}),
    cost: z
      .object({
        margin: z.number().positive().max(5).default(0.2).describe('Relative increase of the mean cost of a request that is tolerated'),
        minRequests: minimum.default(200).describe('Requests with a cost that each arm needs; those of a conversation count as one'),
        proof,
      })
      .prefault({}),
    safety: z
      .object({ accepted: z.number().positive().max(0.5), caught: z.number().positive().max(0.9), alpha: z.number().positive().max(0.2) })
      .default({ accepted: 0.001, caught: 0.01, alpha: 0.05 })
      .describe('Rate of unsafe answers that is accepted, rate that must be caught, and the chance of a false harm'),
    sampleRatio: z
      .object({ bayesFactor: z.number().min(1), minExpected: z.number().positive(), concentration: z.number().positive() })
      .default({ bayesFactor: 100, minExpected: 10, concentration: 100 })
      .describe('Evidence from which the split counts as broken, conversations of each arm before it is looked at, and strength of the prior'),
    latency: z
      .object({ maxRatio: z.number().min(1), minRequests: z.number().int().positive(), minIncreaseMs: durationMs })
      .default({ maxRatio: 1.5, minRequests: 200, minIncreaseMs: 100 })
      .describe('Ratio of the 95th percentiles that is tolerated, requests that each arm needs, and an increase that nobody feels, whatever its ratio'),
    productionBaselineBelowShare: shareSchema.default(0.05).describe('Stages with a smaller share compare with all of production that stays on the champion: an equal control arm would be too small to see a disaster'),
    approvalStages: z.array(z.number().int().positive()).default([]).describe('Stages (1 is the first) that a person must approve before they are entered'),
    approvalWaitMs: durationMs.positive().default(7 * DAY_MS).describe('A candidate without enough evidence waits so long for a person, then it is dropped'),
    stickTo: z.enum(['conversation', 'user']).default('conversation').describe('What an assignment sticks to'),
    whenBusy: z.enum(['queue', 'supersede']).default('queue').describe('A candidate that is ready while another one has traffic waits for its end, or takes its place at once: the share goes back to the champion, and the newer one starts at the first stage'),
    drainMs: durationMs.max(DAY_MS).default(0).describe('So long after a rollback or a supersession a conversation that the candidate has begun is finished by it. Never after unsafe answers or errors, nor where a person ordered the rollback'),
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
export const FORMULA_VERSION = 'rollout-2';

export const lastStageOf = (policy: RolloutPolicy): number => policy.shares.length;

/** The share served in a stage (1 is the first); 0 before the first. */
export const shareOf = (policy: RolloutPolicy, stage: number): number => (stage === lastStageOf(policy) ? 1 - policy.holdback : (policy.shares[stage - 1] ?? 0));

/** The champion's success rate, fixed before the first stage: a test's scale must not depend on what it sees. */
export interface ReferenceRates {
  readonly success: number;
}

// Losses somewhat beyond the margin are those that matter; simulated at 1 % of the traffic, 1.2 finds both 20 % and 10 % soonest.
const SCALE = 1.2;

interface Scale {
  /** Of the losses that are looked for. */
  readonly margin: number;
  readonly reference: number;
  /** Loss that the test is against, where it is not the margin: 0 where any loss counts. */
  readonly boundary?: number;
}

/**
 * Scale of the differences looked for, at most half the failure rate of a candidate at the boundary: min(1.2 margin reference,
 * (1 - (1 - boundary) reference) / 2). Beyond that the normal approximation fails, because too few failures are behind a verdict.
 */
export const tauOf = ({ margin, reference, boundary = margin }: Scale): number => Math.min(SCALE * margin * reference, (1 - (1 - boundary) * reference) / 2);

export const USUAL_REFERENCES: ReferenceRates = { success: 0.85 };
const MIN_REFERENCE_SAMPLE = 50;
// So that a test against any loss at all keeps a scale that it can see.
const HIGHEST_REFERENCE = 0.99;
const LOWEST_REFERENCE = 0.05;

/** The champion's own rate where it has served enough conversations, else the usual one. */
export const referencesOf = ({ units, failedUnits }: { readonly units: number; readonly failedUnits: number }): ReferenceRates =>
  units < MIN_REFERENCE_SAMPLE ? USUAL_REFERENCES : { success: Math.min(HIGHEST_REFERENCE, Math.max(LOWEST_REFERENCE, (units - failedUnits + 1) / (units + 2))) };

/** What the world is told of a rollout's policy. */
export const termsOf = (policy: RolloutPolicy, references: ReferenceRates): RolloutTerms => {
  const { minSamples, minSoakMs, bakeMs, maxStageMs, approvalStages, margin, alpha, minTestSample, productionBaselineBelowShare } = policy;
  return {
    shares: policy.shares.map((_, i) => shareOf(policy, i + 1)),
    minSamples, minStayMs: [...minSoakMs, bakeMs], maxStageMs, approvalStages, margin, alpha, minTestSample, productionBaselineBelowShare,
    tau: tauOf({ margin, reference: references.success }),
  };
};
