import type { SentenceSource } from '@ratchet/embedded-model';
import { SentenceEncoder, SentenceEncoderError } from '@ratchet/sentence-encoder';
import { UsageError } from '../command-module.js';
import { encoderFolder } from './encoder-files.js';

/** The encoder of this checkout; null where its files cannot be had. */
export const sentenceSource = async (say: (text: string) => void): Promise<SentenceSource | null> => {
  const folder = await encoderFolder(say);
  if (folder === null) return null;
  return SentenceEncoder.load(folder).catch((error: unknown) => {
    throw error instanceof SentenceEncoderError ? new UsageError(error.message) : error;
  });
};
