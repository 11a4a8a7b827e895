import type { Logger, Metrics } from '@ratchet/observability';
import { describeError } from '@ratchet/observability';
import type { TextEmbedding } from '@ratchet/signals';

/** Texts to vectors of one length, in the order of the texts. */
type Embed = (texts: readonly string[]) => Promise<readonly Float32Array[]>;

export interface PrefetchedEmbeddingOptions {
  /** Under which the thresholds of similarity are kept. */
  readonly name: string;
  readonly embed: Embed;
  readonly textsMax: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly nowMs?: () => number;
}

/** After a failure nobody waits for the provider again so soon: a stream that waits is worse than one that compares by words. */
const PAUSE_AFTER_FAILURE_MS = 30_000;

/**
 * Vectors of a model behind a network, for a stream that cannot wait between two records: what a batch needs is fetched before it is
 * computed, and kept for the texts used last. A text without a vector is compared by its words.
 */
export class PrefetchedEmbedding implements TextEmbedding {
  readonly name: string;
  readonly #options: PrefetchedEmbeddingOptions;
  /** In the order of last use. */
  readonly #vectors = new Map<string, Float32Array>();
  readonly #texts;
  readonly #nowMs: () => number;
  #pausedUntilMs = 0;

  constructor(options: PrefetchedEmbeddingOptions) {
    this.name = options.name;
    this.#options = options;
    this.#nowMs = options.nowMs ?? Date.now;
    this.#texts = options.metrics.counter({ name: 'ratchet_embedded_texts_total', help: 'Texts that were to be compared by sentence embeddings: embedded, known already, or left to their words because the provider failed', labelNames: ['result'] });
  }

  /** Fetches what is not known yet; never rejects. */
  async prefetch(texts: readonly string[]): Promise<void> {
    const unknown = new Set<string>();
    for (const text of texts) {
      const vector = this.#vectors.get(text);
      if (vector === undefined) unknown.add(text);
      else this.#keep(text, vector);
    }
    this.#texts.inc({ result: 'known' }, texts.length - unknown.size);
    if (unknown.size === 0) return;
    if (this.#nowMs() < this.#pausedUntilMs) return void this.#texts.inc({ result: 'failed' }, unknown.size);
    await this.#fetch([...unknown]);
  }

  embed(text: string): Float32Array | undefined {
    return this.#vectors.get(text);
  }

  async #fetch(texts: readonly string[]): Promise<void> {
    const { embed, logger } = this.#options;
    try {
      const vectors = await embed(texts);
      texts.forEach((text, i) => this.#keep(text, vectors[i] as Float32Array));
      this.#texts.inc({ result: 'embedded' }, texts.length);
    } catch (error) {
      this.#pausedUntilMs = this.#nowMs() + PAUSE_AFTER_FAILURE_MS;
      this.#texts.inc({ result: 'failed' }, texts.length);
      logger.warn('embeddings failed: messages are compared by their words for a while', { seconds: PAUSE_AFTER_FAILURE_MS / 1_000, ...describeError(error) });
    }
  }

  #keep(text: string, vector: Float32Array): void {
    this.#vectors.delete(text);
    this.#vectors.set(text, vector);
    if (this.#vectors.size <= this.#options.textsMax) return;
    for (const oldest of this.#vectors.keys()) {
      this.#vectors.delete(oldest);
      return;
    }
  }
}
