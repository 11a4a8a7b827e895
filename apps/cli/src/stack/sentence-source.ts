import { createHash } from 'node:crypto';
import type { SentenceSource } from '@ratchet/embedded-model';
import { SENTENCE_DIMENSIONS, SentenceEncoder, SentenceEncoderError } from '@ratchet/sentence-encoder';
import { UsageError } from '../command-module.js';
import { encoderFolder } from './encoder-files.js';

/** The encoder of this checkout, which computes the vector of each text once; null where its files cannot be had. */
export const sentenceSource = async (say: (text: string) => void): Promise<SentenceSource | null> => {
  const folder = await encoderFolder(say);
  return folder === null ? null : open(folder);
};

const open = async (folder: string): Promise<SentenceSource> => {
  const encoder = await SentenceEncoder.load(folder).catch((error: unknown) => {
    throw error instanceof SentenceEncoderError ? new UsageError(error.message) : error;
  });
  const vectors = new Map<string, Promise<Float32Array>>();
  const encode = (text: string): Promise<Float32Array> => {
    const key = createHash('sha256').update(text).digest('base64');
    const vector = vectors.get(key) ?? encoder.encode(text);
    vectors.set(key, vector);
    return vector;
  };
  return { id: encoder.id, dimensions: SENTENCE_DIMENSIONS, encode };
};
