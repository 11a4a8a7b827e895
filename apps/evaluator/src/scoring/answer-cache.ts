import { createHash } from 'node:crypto';

/** What a version answered, without how long it took: that holds for the moment in which it was asked alone. */
export interface CachedAnswer {
  readonly versionId: string;
  readonly promptHash: string;
  readonly content: string;
  readonly finishReason: string;
  /** US dollars; the same version has the same price. */
  readonly costUsd: number | null;
}

export interface NewAnswer extends CachedAnswer {
  /** What was asked, to find out whether it may still be kept. */
  readonly prompt: string;
}

export type AnswerPlace = Pick<CachedAnswer, 'versionId' | 'promptHash'>;

/** Answers by version and content of the item, over all cycles. */
export interface AnswerCache {
  find(versionIds: readonly string[], promptHashes: readonly string[]): Promise<readonly CachedAnswer[]>;
  save(answers: readonly NewAnswer[]): Promise<void>;
}

/** Scores that were paid for, by all that they depend on. */
export interface ScoreCache {
  find(key: string): Promise<number | undefined>;
  save(key: string, score: number): Promise<void>;
}

/** Vectors of texts, by model and text. */
export interface VectorCache {
  find(model: string, textHashes: readonly string[]): Promise<ReadonlyMap<string, Float32Array>>;
  save(model: string, promptHash: string, vectors: ReadonlyMap<string, Float32Array>): Promise<void>;
}

export const textHashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Of all that is sent to a version for an item. */
export const promptHashOf = ({ prompt, seed }: { readonly prompt: string; readonly seed: number }): string => textHashOf(`${seed}\n${prompt}`);

export const placeKey = ({ versionId, promptHash }: AnswerPlace): string => `${versionId}\n${promptHash}`;

/** The twins of the caches in PostgreSQL: lost with the process. */
export class InMemoryAnswerCache implements AnswerCache {
  readonly answers = new Map<string, CachedAnswer>();

  async find(versionIds: readonly string[], promptHashes: readonly string[]): Promise<readonly CachedAnswer[]> {
    return versionIds.flatMap((versionId) => promptHashes.flatMap((promptHash) => this.answers.get(placeKey({ versionId, promptHash })) ?? []));
  }

  async save(answers: readonly NewAnswer[]): Promise<void> {
    for (const { prompt: _, ...answer } of answers) this.answers.set(placeKey(answer), answer);
  }
}

export class InMemoryScoreCache implements ScoreCache {
  readonly scores = new Map<string, number>();

  async find(key: string): Promise<number | undefined> {
    return this.scores.get(key);
  }

  async save(key: string, score: number): Promise<void> {
    this.scores.set(key, score);
  }
}

export class InMemoryVectorCache implements VectorCache {
  readonly vectors = new Map<string, Float32Array>();

  async find(model: string, textHashes: readonly string[]): Promise<ReadonlyMap<string, Float32Array>> {
    return new Map(textHashes.flatMap((hash) => {
      const vector = this.vectors.get(`${model}\n${hash}`);
      return vector ? [[hash, vector]] : [];
    }));
  }

  async save(model: string, _promptHash: string, vectors: ReadonlyMap<string, Float32Array>): Promise<void> {
    for (const [hash, vector] of vectors) this.vectors.set(`${model}\n${hash}`, vector);
  }
}
