import { z } from 'zod';
import { countSchema, defineEvent, idSchema, instantSchema, shareSchema } from '../event/event-definition.js';
import { targetFields } from '../target/target.js';

/** One immutable bundle behind a model's name: everything that decides an answer. */
export const bundleSchema = z.object({
  /** `name` is looked up in each service's provider configuration (base URL, key); `model` is the id at that provider. */
  provider: z.object({ name: idSchema, model: z.string().min(1) }),
  systemPrompt: z.string().optional(),
  knowledge: z.array(z.object({ entryId: idSchema, title: z.string(), text: z.string() })).optional(),
  retrieval: z.object({ topK: countSchema, minScore: z.number() }).optional(),
  safety: z.object({ threshold: shareSchema }).optional(),
  /**
   * The version criticises and improves its own answer before it is given: at most `rounds` critiques, none after one with a score above `stopAbove`, and
   * only while time and money are left. Answers that are streamed go out as they are.
   */
  selfCritique: z
    .object({
      /** 3 where it is absent. */
      rounds: z.number().int().min(1).max(3).optional(),
      /** 0.9 where it is absent. */
      stopAbove: shareSchema.optional(),
      /** For the whole answer, the first draft included; 20,000 where it is absent. */
      maxMs: z.number().int().positive().max(600_000).optional(),
      /** Needs `price`; no limit where it is absent. */
      maxUsd: z.number().positive().optional(),
    })
    .optional(),
  price: z.object({ inputUsdPerMillionTokens: z.number().nonnegative(), outputUsdPerMillionTokens: z.number().nonnegative() }).optional(),
});
export type Bundle = z.infer<typeof bundleSchema>;

export const versionPublished = defineEvent(
  'ratchet.version.published',
  z.object({
    versionId: idSchema,
    ...targetFields,
    ordinal: countSchema,
    bundle: bundleSchema,
    /** SHA-256 of the canonical JSON of the bundle. */
    contentHash: z.string(),
    parentVersion: idSchema.optional(),
    publishedAt: instantSchema,
  }),
);
export type VersionPublished = z.infer<typeof versionPublished.schema>;
