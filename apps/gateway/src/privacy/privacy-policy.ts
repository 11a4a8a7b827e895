import { customPatternSchema, phoneCountrySchema, redactionKindSchema } from '@ratchet/redaction';
import { z } from 'zod';

const fields = {
  /** What is replaced by its kind in brackets before anything is recorded. */
  redact: z.array(redactionKindSchema).default([]),
  patterns: z.array(customPatternSchema).max(50).default([]),
  /** Country whose phone numbers are known without a prefix (ISO 3166-1, two letters); without it, only those that begin with +. */
  phoneCountry: phoneCountrySchema.optional(),
  /** `full`: texts are recorded, redacted; `none`: no text is. */
  content: z.enum(['full', 'none']).default('full'),
  /** Share of the conversations that are recorded, 0 to 1. */
  recordShare: z.number().min(0).max(1).default(1),
  /** Where it is set, user ids are recorded as a keyed hash of themselves: the same user is the same still, and nobody without the key can tell who. */
  userIdKey: z.string().min(16).optional(),
};

const policySchema = z.object(fields);
export type PrivacyPolicy = z.infer<typeof policySchema>;

const overridesSchema = z.object({
  redact: fields.redact.unwrap().optional(),
  patterns: fields.patterns.unwrap().optional(),
  phoneCountry: fields.phoneCountry,
  content: fields.content.unwrap().optional(),
  recordShare: fields.recordShare.unwrap().optional(),
  userIdKey: fields.userIdKey,
});

/** What holds for all workloads, and what differs for some; `{}` records everything as it is. */
export const privacySchema = policySchema.extend({ workloads: z.record(z.string(), overridesSchema).default({}) });
export type PrivacyConfig = z.infer<typeof privacySchema>;

export const policyOf = ({ workloads, ...general }: PrivacyConfig, workload: string): PrivacyPolicy => {
  const own = Object.hasOwn(workloads, workload) ? workloads[workload] : undefined;
  return own === undefined ? general : { ...general, ...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)) };
};

/**
 * For feedback whose workload is not known: everything that any workload has replaced is, and its texts are dropped where one workload's are. It is
 * left out only where no workload would have recorded its conversation, since a word too many of feedback costs little, and a lost one much.
 */
export const strictestPolicy = (config: PrivacyConfig): PrivacyPolicy => {
  const all = [policyOf(config, ''), ...Object.keys(config.workloads).map((workload) => policyOf(config, workload))];
  const userIdKey = all.find((policy) => policy.userIdKey !== undefined)?.userIdKey;
  const phoneCountry = all.find((policy) => policy.phoneCountry !== undefined)?.phoneCountry;
  return {
    redact: [...new Set(all.flatMap(({ redact }) => redact))],
    patterns: [...new Map(all.flatMap(({ patterns }) => patterns).map((pattern) => [pattern.pattern, pattern])).values()],
    ...(phoneCountry !== undefined && { phoneCountry }),
    ...(userIdKey !== undefined && { userIdKey }),
    content: all.some(({ content }) => content === 'none') ? 'none' : 'full',
    recordShare: Math.max(...all.map(({ recordShare }) => recordShare)),
  };
};
