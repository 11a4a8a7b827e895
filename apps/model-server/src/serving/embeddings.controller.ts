import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { EMBEDDING_DIM, hashEmbedding } from '@ratchet/embedded-model';
import { z } from 'zod';
import { badRequest } from '../http/openai.error.js';
import { parseBody } from '../http/parse-body.js';
import { countTokens } from './chat-request.js';
import { unknownModel } from './model-store.js';
import { Sentences } from './sentences.js';

/** Hashed n-grams, without training: always there. */
export const EMBEDDING_MODEL = 'hash-embedding';
/** Meaning: there where the server has the encoder's files. */
export const SENTENCE_MODEL = 'all-minilm-l6-v2';

const MAX_INPUTS = 2_048;
const MAX_INPUT_CHARS = 100_000;
const input = z.string().min(1).max(MAX_INPUT_CHARS);

const embeddingsRequest = z.object({
  model: z.string().min(1),
  input: z.union([input, z.array(input).min(1).max(MAX_INPUTS)]),
  dimensions: z.number().int().min(16).max(4_096).optional(),
  encoding_format: z.enum(['float', 'base64']).optional(),
});

@Controller('v1/embeddings')
export class EmbeddingsController {
  constructor(private readonly sentences: Sentences) {}

  @Post()
  @HttpCode(200)
  async embed(@Body() body: unknown) {
    const request = parseBody(embeddingsRequest, body);
    const vectorOf = this.vectorsOf(request);
    const texts = typeof request.input === 'string' ? [request.input] : request.input;
    const tokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
    const data: object[] = [];
    for (const [index, text] of texts.entries()) {
      const vector = await vectorOf(text);
      data.push({ object: 'embedding', index, embedding: request.encoding_format === 'base64' ? toBase64(vector) : Array.from(vector) });
    }
    return { object: 'list', data, model: request.model, usage: { prompt_tokens: tokens, total_tokens: tokens } };
  }

  private vectorsOf({ model, dimensions }: z.infer<typeof embeddingsRequest>): (text: string) => Float32Array | Promise<Float32Array> {
    if (model === EMBEDDING_MODEL) return (text) => hashEmbedding(text, dimensions ?? EMBEDDING_DIM);
    const { encoder } = this.sentences;
    if (model !== SENTENCE_MODEL || encoder === null) throw unknownModel(model);
    if (dimensions !== undefined && dimensions !== encoder.dimensions) throw badRequest({ message: `dimensions: ${SENTENCE_MODEL} gives ${encoder.dimensions} numbers; leave it out.`, param: 'dimensions' });
    return (text) => this.sentences.of(text);
  }
}

function toBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}
