import { hashEmbedding } from '@ratchet/embedded-model';
import type OpenAI from 'openai';
import { openAiClient } from '../call/openai-client.js';
import { ProviderCalls } from '../call/provider-calls.js';
import { ProviderError } from '../call/provider-error.js';
import type { ProviderConfig } from '../config/provider-config.js';

const TEXTS_PER_CALL = 256;

/** Texts to vectors of one length, in the order of the texts. */
export interface EmbeddingsClient {
  /** Names provider and model, so that vectors of different origin are never compared. */
  readonly description: string;
  embed(texts: readonly string[], options?: { readonly signal?: AbortSignal }): Promise<Float32Array[]>;
}

/** Embeddings of a provider that speaks OpenAI's protocol, 256 texts a call. All failures are a ProviderError. */
export class OpenAiEmbeddingsClient implements EmbeddingsClient {
  readonly description: string;
  private readonly client: OpenAI;
  private readonly calls: ProviderCalls;
  private readonly provider: string;
  private readonly model: string;

  constructor({ provider, model }: { provider: ProviderConfig; model: string }) {
    this.description = `${provider.name}/${model}`;
    this.client = openAiClient(provider);
    this.calls = new ProviderCalls(provider);
    this.provider = provider.name;
    this.model = model;
  }

  async embed(texts: readonly string[], { signal }: { readonly signal?: AbortSignal } = {}): Promise<Float32Array[]> {
    const vectors: Float32Array[] = [];
    for (let start = 0; start < texts.length; start += TEXTS_PER_CALL) vectors.push(...(await this.embedSome(texts.slice(start, start + TEXTS_PER_CALL), signal)));
    return vectors;
  }

  private async embedSome(texts: string[], signal: AbortSignal | undefined): Promise<Float32Array[]> {
    // Unless told, the openai package asks for base64, which not every compatible server knows.
    const { data } = await this.calls.run((within) => this.client.embeddings.create({ model: this.model, input: texts, encoding_format: 'float' }, { signal: within }), signal);
    const vectors = [...data].sort((a, b) => a.index - b.index).map(({ embedding }) => Float32Array.from(embedding));
    const [first] = vectors;
    if (vectors.length !== texts.length || vectors.some(({ length }) => length === 0 || length !== first?.length)) {
      throw new ProviderError({ code: 'bad_response', provider: this.provider, message: `sent ${vectors.length} embeddings of unequal or no length for ${texts.length} texts` });
    }
    return vectors;
  }
}

/** Embeddings without any server: hashed n-grams of this process. It is the twin for tests and what serves where no provider is configured. */
export class LocalEmbeddingsClient implements EmbeddingsClient {
  readonly description = 'local/hashed-ngrams';

  async embed(texts: readonly string[]): Promise<Float32Array[]> {
    return texts.map((text) => hashEmbedding(text));
  }
}
