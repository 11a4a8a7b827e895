import { Tokenizer } from '@huggingface/tokenizers';
import { InferenceSession, Tensor } from 'onnxruntime-node';

import { readEncoderFiles } from './encoder-files.js';
import { meanPool, truncateTokens } from './pooling.js';
import { SentenceEncoderError } from './sentence-encoder.error.js';

/** Length of a sentence vector. */
export const SENTENCE_DIMENSIONS = 384;

/** As many tokens as are read are rarely longer; it bounds the tokenizer's work. */
const MAX_TEXT_CHARS = 4_000;

const INPUT_NAMES = ['input_ids', 'attention_mask', 'token_type_ids'] as const;
const OUTPUT_NAME = 'last_hidden_state';

/**
 * Turns texts into vectors of meaning with all-MiniLM-L6-v2 (8-bit, English): 384 numbers of unit length, so that the dot product of two
 * is their cosine.
 *
 * A text's vector depends on the text alone: texts are encoded one by one, since in a batch the 8-bit arithmetic takes its range from
 * all texts together, and moves each vector with its neighbours. One thread computes, and the event loop waits for it text by text.
 */
export class SentenceEncoder {
  /** Names the model by content (sha256 of its file): vectors of equal ids can be compared. */
  readonly id: string;
  /** Length of a vector. */
  readonly dimensions = SENTENCE_DIMENSIONS;
  private readonly tokenizer: Tokenizer;
  private readonly session: InferenceSession;
  private queue: Promise<unknown> = Promise.resolve();
  private closing: Promise<void> | undefined;

  private constructor({ id, tokenizer, session }: { id: string; tokenizer: Tokenizer; session: InferenceSession }) {
    this.id = id;
    this.tokenizer = tokenizer;
    this.session = session;
  }

  /**
   * Loads the encoder from the folder that `ensureEncoderFiles` names.
   *
   * @throws {SentenceEncoderError} `missing_encoder` or `corrupt_encoder`.
   */
  static async load(folder: string): Promise<SentenceEncoder> {
    const { model, modelSha256, tokenizer } = await readEncoderFiles(folder);
    const session = await InferenceSession.create(model, { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1 });
    return new SentenceEncoder({ id: modelSha256, tokenizer: new Tokenizer(tokenizer, {}), session });
  }

  /**
   * The vector of one text; of a long one, its first 128 tokens count.
   *
   * @throws {SentenceEncoderError} `closed`.
   */
  encode(text: string): Promise<Float32Array> {
    if (this.closing !== undefined) {
      return Promise.reject(new SentenceEncoderError({ code: 'closed', message: 'The sentence encoder is closed. Load another one.' }));
    }
    const vector = this.queue.then(() => this.run(text));
    this.queue = vector.catch(() => undefined);
    return vector;
  }

  /** The vectors of several texts, in their order; each is the same as `encode` gives. */
  async encodeBatch(texts: readonly string[]): Promise<Float32Array[]> {
    const vectors: Float32Array[] = [];
    for (const text of texts) vectors.push(await this.encode(text));
    return vectors;
  }

  /** Frees the model's memory after what was asked before has been answered. Closing again has no effect. */
  close(): Promise<void> {
    this.closing ??= this.queue.then(() => this.session.release());
    return this.closing;
  }

  private async run(text: string): Promise<Float32Array> {
    const ids = truncateTokens(this.tokenizer.encode(text.slice(0, MAX_TEXT_CHARS)).ids);
    const shape = [1, ids.length];
    const columns = [BigInt64Array.from(ids, BigInt), new BigInt64Array(ids.length).fill(1n), new BigInt64Array(ids.length)];
    const feeds = Object.fromEntries(INPUT_NAMES.map((name, i) => [name, new Tensor('int64', columns[i] as BigInt64Array, shape)]));
    const { [OUTPUT_NAME]: states } = await this.session.run(feeds, [OUTPUT_NAME]);
    return meanPool({ states: states?.data as Float32Array, tokens: ids.length, dimensions: SENTENCE_DIMENSIONS });
  }
}
