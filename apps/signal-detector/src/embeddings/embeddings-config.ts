import { providerConfigSchema } from '@ratchet/providers';
import { jsonVariable } from '@ratchet/service';
import { HASHED_SIMILARITY, signalsConfigSchema } from '@ratchet/signals';
import type { SignalsConfig } from '@ratchet/signals';
import { z } from 'zod';

const schema = z.strictObject({
  ...providerConfigSchema.shape,
  name: providerConfigSchema.shape.name.default('embeddings'),
  model: z.string().min(1).max(200),
  /** Vectors kept in memory; one of 1,536 numbers takes 6 KiB. */
  textsMax: z.number().int().positive().default(20_000),
});
export type EmbeddingsConfig = z.infer<typeof schema>;

export const embeddingsConfigSchema = jsonVariable(schema, { example: '{"baseUrl": "https://api.openai.com/v1", "model": "text-embedding-3-small"}' });

/** The name under which thresholds are kept: vectors of different origin are never compared. */
export const nameOfEmbedding = ({ name, model }: Pick<EmbeddingsConfig, 'name' | 'model'>): string => `${name}/${model}`;

/** Detection with the thresholds of that embedding: those that are set for it, else its defaults. */
export const withThresholdsOf = (detection: SignalsConfig, embeddings: EmbeddingsConfig | undefined): SignalsConfig => {
  if (embeddings === undefined || detection.similarity.embedding !== HASHED_SIMILARITY.embedding) return detection;
  return signalsConfigSchema.parse({ ...detection, similarity: { embedding: nameOfEmbedding(embeddings) } });
};

/** What does not fit together; undefined where all does. */
export const embeddingProblem = ({ similarity }: SignalsConfig, embeddings: EmbeddingsConfig | undefined): string | undefined => {
  const expected = embeddings === undefined ? HASHED_SIMILARITY.embedding : nameOfEmbedding(embeddings);
  if (similarity.embedding === HASHED_SIMILARITY.embedding || similarity.embedding === expected) return undefined;
  return embeddings === undefined
    ? `similarity.embedding names ${JSON.stringify(similarity.embedding)}, but EMBEDDINGS is not set`
    : `similarity.embedding names ${JSON.stringify(similarity.embedding)}, but EMBEDDINGS is ${JSON.stringify(expected)}`;
};
