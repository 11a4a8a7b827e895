import { cosine } from '@ratchet/embedded-model';
import { ProviderError } from '@ratchet/providers';
import type { EmbeddingsClient } from '@ratchet/providers';
import { SEED } from '../judging/seed.js';
import type { SuiteItem } from '../suites/suite-item.js';
import { promptHashOf, textHashOf } from './answer-cache.js';
import type { VectorCache } from './answer-cache.js';
import { expectedAnswerOf, unscored } from './scorer.js';
import type { Scored, Scorer, VersionReply } from './scorer.js';

export interface SimilarityScale {
  /** Cosine from which an answer is right. */
  readonly threshold: number;
  /** Cosine up to which it is wrong. */
  readonly floor: number;
}

/** 1 from the threshold on, 0 up to the floor, and straight in between. */
export const scoreOfCosine = (cosine: number, { threshold, floor }: SimilarityScale): number => {
  if (cosine >= threshold) return 1;
  if (cosine <= floor || threshold <= floor) return 0;
  return (cosine - floor) / (threshold - floor);
};

/** Undefined where the vectors cannot be compared: of unequal length, or one of them nothing. */
export const cosineOf = (a: Float32Array, b: Float32Array): number | undefined => {
  const isNothing = (vector: Float32Array): boolean => vector.every((value) => value === 0);
  return a.length !== b.length || isNothing(a) || isNothing(b) ? undefined : cosine(a, b);
};

/** Scores an answer by how near its embedding is to that of the expected answer. */
export class SimilarityScorer implements Scorer {
  readonly name = 'similarity';
  readonly version: string;
  readonly compares = false;

  constructor(
    private readonly client: EmbeddingsClient,
    private readonly vectors: VectorCache,
    private readonly scale: SimilarityScale,
  ) {
    this.version = `1 ${client.description}`;
  }

  async score(item: SuiteItem, replies: readonly VersionReply[], signal: AbortSignal): Promise<readonly Scored[]> {
    const expected = expectedAnswerOf(item);
    if (expected === undefined) return replies.map(() => unscored('no_expected_answer'));
    try {
      // An empty text has no embedding, and is no answer.
      const texts = [expected, ...replies.map(({ content }) => content).filter((content) => content.trim() !== '')];
      const vectors = await this.vectorsOf(promptHashOf({ prompt: item.prompt, seed: SEED }), texts, signal);
      return replies.map(({ content }) => this.scoreOf(content, { expected, vectors }));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ProviderError)) throw error;
      return replies.map(() => unscored(error.retryable ? 'model_away' : 'model_failed'));
    }
  }

  private scoreOf(content: string, { expected, vectors }: { readonly expected: string; readonly vectors: ReadonlyMap<string, Float32Array> }): Scored {
    if (content.trim() === '') return { score: 0, reasons: [] };
    const [a, b] = [vectors.get(textHashOf(content)), vectors.get(textHashOf(expected))];
    const cosine = a && b && cosineOf(a, b);
    return cosine === undefined ? unscored('model_failed') : { score: scoreOfCosine(cosine, this.scale), reasons: [] };
  }

  private async vectorsOf(promptHash: string, texts: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Float32Array>> {
    const byHash = new Map(texts.map((text) => [textHashOf(text), text]));
    const known = await this.vectors.find(this.client.description, [...byHash.keys()]);
    const missing = [...byHash].filter(([hash]) => !known.has(hash));
    if (missing.length === 0) return known;
    const vectors = await this.client.embed(missing.map(([, text]) => text), { signal });
    const fresh = new Map(missing.flatMap(([hash], i) => (vectors[i] ? [[hash, vectors[i]] as const] : [])));
    await this.vectors.save(this.client.description, promptHash, fresh);
    return new Map([...known, ...fresh]);
  }
}
