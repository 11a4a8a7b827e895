import { exampleSourceSchema } from '@ratchet/domain';
import { z } from 'zod';
import type { Candidate } from '../generation/candidate.js';

/** At least `from`, and less than `below`. A value that is not known lies in no range. */
const rangeSchema = z.strictObject({ from: z.number().optional(), below: z.number().optional() }).refine(({ from, below }) => from !== undefined || below !== undefined, { message: 'name from, below or both' });

const conditionsSchema = z.strictObject({
  source: z.array(exampleSourceSchema).min(1).optional().describe('One of these'),
  proposed: z.enum(['accepted', 'waiting']).optional().describe('What the generation itself would do: users agreed, or the teacher was certain enough'),
  confidence: rangeSchema.optional().describe('Multiplied with the record of its source, strategy and instructions'),
  approval: rangeSchema.optional().describe('The poorest of these records: expected share of its items that reviewers approve'),
  agreeingUsers: rangeSchema.optional(),
  scores: z.record(z.string(), rangeSchema).optional().describe('Scores of the generation by name, such as similarity and critique'),
});

const ruleSchema = z.strictObject({ name: z.string().min(1).max(100), when: conditionsSchema, then: z.enum(['accept', 'wait', 'drop']) });
export type ReviewRule = z.infer<typeof ruleSchema>;

const machineMade = ['correction', 'variation', 'augmentation', 'curriculum'] as const;

/** The first rule that fits decides; where none does, what the generation proposes stands. */
export const reviewRulesSchema = z.strictObject({
  rules: z
    .array(ruleSchema)
    .max(50)
    .default([
      { name: 'poor record', when: { source: [...machineMade], approval: { below: 0.6 } }, then: 'wait' },
      { name: 'poor record of users', when: { source: ['user_correction', 'conversation'], approval: { below: 0.3 } }, then: 'wait' },
      { name: 'unsure', when: { source: [...machineMade], confidence: { below: 0.5 } }, then: 'wait' },
    ]),
  waitingPerTargetMax: z.int().min(1).max(100_000).default(2_000).describe('More candidates are left out until others are decided'),
  waitingPerOpportunityMax: z.int().min(1).max(100_000).default(200),
  settleMs: z.int().min(0).max(30 * 86_400_000).default(0).describe('A candidate is seen for so long before it is accepted without a person'),
  nearDuplicate: z.number().min(0).max(1).default(0.8).describe('Hashed cosine from which the request of a rejected item is the same in other words: its answer never comes back'),
  doubtful: z.number().min(0).max(1).default(0.5).describe('Hashed cosine from which the answer of a rejected item waits for a person'),
  secondReviewShare: z.number().min(0).max(1).default(0.1).describe('Share of items that two reviewers are asked for'),
  /** Prior decisions that a record starts with, so that one rejection alone says little. */
  prior: z.strictObject({ approved: z.number().positive().default(4), rejected: z.number().positive().default(1) }).prefault({}),
});
export type ReviewRules = z.infer<typeof reviewRulesSchema>;

/** What rules look at. The fields beyond the candidate's own are absent where the generation does not say them. */
export type Reviewable = Candidate & { readonly strategyId?: string; readonly teacherPrompt?: string; readonly scores?: Readonly<Record<string, number>> };

type Range = z.infer<typeof rangeSchema>;

const lies = (value: number | undefined, range: Range | undefined): boolean =>
  range === undefined || (value !== undefined && value >= (range.from ?? -Infinity) && value < (range.below ?? Infinity));

/** The first rule that fits a candidate, whose confidence is the adjusted one. */
export const ruleFor = (candidate: Reviewable, { approval, rules }: { readonly approval: number; readonly rules: readonly ReviewRule[] }): ReviewRule | undefined =>
  rules.find(({ when }) =>
    (when.source === undefined || when.source.includes(candidate.source))
    && (when.proposed === undefined || when.proposed === candidate.state)
    && lies(candidate.confidence, when.confidence)
    && lies(approval, when.approval)
    && lies(candidate.agreeingUsers, when.agreeingUsers)
    && Object.entries(when.scores ?? {}).every(([name, range]) => lies(candidate.scores?.[name], range)),
  );
