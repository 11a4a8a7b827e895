import { feedbackMetricsSchema } from '@ratchet/domain';
import { z } from 'zod';

/** The rules that the article "Agentic Continual Improvement" gives, by its names; its numbers are the defaults of the signals that go by these rules. */
export const ARTICLE_THRESHOLDS = { similarity: 0.8, quickAbandonmentMs: 30_000, similarQueries: 2 } as const;

/**
 * A similarity says something only together with the embedding that gave it, so its thresholds are kept under the embedding's name. The
 * article's 0.8 holds for every sentence embedding that has none of its own; for hashed n-grams, of which next to no rewrite reaches 0.8,
 * the numbers were measured on published rewrites (`bench/pairs.mjs`).
 */
export const HASHED_SIMILARITY = { embedding: 'hashed-512', cosine: 0.4, overlap: 0.2 } as const;
export const similarityThresholds: Readonly<Record<string, { readonly cosine: number; readonly overlap: number }>> = { [HASHED_SIMILARITY.embedding]: HASHED_SIMILARITY };
const SENTENCE_SIMILARITY = { cosine: ARTICLE_THRESHOLDS.similarity, overlap: 0 } as const;

/** What may leave the detector: all of it, or what it concluded, without a word that anybody wrote. */
export const contentPolicySchema = z.enum(['full', 'derived_only']);

const workloadFields = {
  /** A conversation without an event for this long has ended. */
  idleEndMs: z.number().int().positive().default(5 * 60_000),
  /** An interaction has failed from this probability on; the weights bring the default, the number that gave the best F1 on what they were fitted on. */
  failureThreshold: z.number().min(0).max(1).optional().describe('From this probability on an interaction has failed; without it, from the one that comes with the weights'),
  content: contentPolicySchema.default('full'),
};
const workloadSchema = z.object({
  idleEndMs: workloadFields.idleEndMs.unwrap().optional(),
  failureThreshold: workloadFields.failureThreshold,
  content: workloadFields.content.unwrap().optional(),
});

/** Everything that can be set about detection; `{}` gives the defaults. */
export const signalsConfigSchema = z.object({
  ...workloadFields,
  /**
   * A conversation that goes on for longer is settled, and goes on as a new segment; and with it the others of its group, a
   * thirty-second of the partition's, for `Cuts` to be exact.
   */
  maxConversationMs: z.number().int().positive().default(60 * 60_000),
  /** Per partition; above it the group of the conversation that has been open longest is settled. */
  maxOpenConversations: z.number().int().positive().default(100_000),
  /** How far back, in records of the partition, an open conversation may hold the replay that follows a restart; its group is settled then. */
  maxReplayRecords: z.number().int().positive().default(10_000_000),
  /** Interactions of one open conversation that feedback can still be joined to. */
  maxInteractionsPerConversation: z.number().int().positive().default(500),
  /** Texts of an open conversation, and so those of failures, are kept up to this many characters. */
  maxKeptChars: z.number().int().positive().default(4_096),
  /** Two queries are alike when the cosine is above its threshold, and the share of content words reaches its own. Both default to what goes with the embedding. */
  similarity: z
    .object({
      embedding: z.string().min(1).default(HASHED_SIMILARITY.embedding),
      cosine: z.number().min(0).max(1).optional().describe('0.4 for hashed-512, 0.8 for any other embedding'),
      overlap: z.number().min(0).max(1).optional().describe('0.2 for hashed-512, 0 for any other embedding'),
    })
    .transform(({ embedding, cosine, overlap }) => {
      const defaults = similarityThresholds[embedding] ?? SENTENCE_SIMILARITY;
      return { embedding, cosine: cosine ?? defaults.cosine, overlap: overlap ?? defaults.overlap };
    })
    .prefault({}),
  /** More than this many alike queries in one conversation are repeated attempts. */
  similarQueries: z.number().int().positive().default(ARTICLE_THRESHOLDS.similarQueries),
  /**
   * Signals that count towards the probability and are listed with a failure, but are not sent as events of their own: every second
   * message moves on to another request, and nobody acts on being told so.
   */
  unsentSignals: z.array(z.string()).default(['moved_on']),
  quickAbandonmentMs: z.number().int().positive().default(ARTICLE_THRESHOLDS.quickAbandonmentMs),
  quickFollowUpMs: z.number().int().positive().default(15_000),
  /** Share of words that two replies have in common to count as the same reply. */
  replyRepetition: z.number().min(0).max(1).default(0.85),
  /** Ratings up to the first are low, from the second on high (scale 1 to 5). */
  lowRating: z.number().default(2),
  highRating: z.number().default(4),
  /** Metrics of the product's own that feedback may name; the gateway reads the same declaration as FEEDBACK_METRICS. */
  feedbackMetrics: feedbackMetricsSchema.default({}),
  workloads: z.record(z.string(), workloadSchema).default({}),
});

export type SignalsConfig = z.infer<typeof signalsConfigSchema>;
export type SignalsConfigInput = z.input<typeof signalsConfigSchema>;

const parsedConfigs = new WeakMap<SignalsConfigInput, SignalsConfig>();

/** Checks a configuration once for each object that holds one: whoever reads a log makes a tracker for every conversation. Throws a ZodError. */
export const parsedConfig = (config: SignalsConfigInput): SignalsConfig => {
  const known = parsedConfigs.get(config);
  if (known !== undefined) return known;
  const parsed = signalsConfigSchema.parse(config);
  parsedConfigs.set(config, parsed);
  return parsed;
};

export const idleEndMsOf = (config: SignalsConfig, workload: string | undefined): number =>
  workload === undefined ? shortestIdleEndMs(config) : (config.workloads[workload]?.idleEndMs ?? config.idleEndMs);

/** What is configured for a workload, undefined where the weights decide. */
export const failureThresholdOf = (config: SignalsConfig, workload: string): number | undefined =>
  config.workloads[workload]?.failureThreshold ?? config.failureThreshold;

/** Whether texts of the workload stay inside; where it is not known whose they are, one workload that keeps its own is enough. */
export const withholdsContent = (config: SignalsConfig, workload: string | undefined): boolean =>
  workload === undefined
    ? [config, ...Object.values(config.workloads)].some(({ content }) => content === 'derived_only')
    : (config.workloads[workload]?.content ?? config.content) === 'derived_only';

/** A segment that holds only feedback has no workload yet; the shortest time keeps a replay from holding it longer than the first run did. */
const shortestIdleEndMs = (config: SignalsConfig): number =>
  Math.min(config.idleEndMs, ...Object.values(config.workloads).map(({ idleEndMs }) => idleEndMs ?? config.idleEndMs));
