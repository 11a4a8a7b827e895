import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { EMBEDDING_DIM, hashEmbedding } from '@ratchet/embedded-model';
import { z } from 'zod';
import { parseBody } from '../http/parse-body.js';
import { countTokens } from './chat-request.js';
import { unknownModel } from './model-store.js';

/** Name of the one embedding model: hashed n-grams, without training. */
export const EMBEDDING_MODEL = 'hash-embedding';

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
  @Post()
  @HttpCode(200)
  embed(@Body() body: unknown) {
    const request = parseBody(embeddingsRequest, body);
    if (request.model !== EMBEDDING_MODEL) throw unknownModel(request.model);
    const texts = typeof request.input === 'string' ? [request.input] : request.input;
    const tokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
    const data = texts.map((text, index) => {
      const vector = hashEmbedding(text, request.dimensions ?? EMBEDDING_DIM);
      return { object: 'embedding', index, embedding: request.encoding_format === 'base64' ? toBase64(vector) : Array.from(vector) };
    });
    return { object: 'list', data, model: EMBEDDING_MODEL, usage: { prompt_tokens: tokens, total_tokens: tokens } };
  }
}

function toBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}
