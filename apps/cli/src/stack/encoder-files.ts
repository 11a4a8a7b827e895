import { join } from 'node:path';
import { ensureEncoderFiles, SentenceEncoderError } from '@ratchet/sentence-encoder';
import { repositoryRoot } from './repository-root.js';

/** The folder of the sentence encoder's files, fetched where they are not there yet; null, with the reason said, where they cannot be had. */
export const encoderFolder = async (say: (text: string) => void): Promise<string | null> => {
  try {
    return await ensureEncoderFiles({ cacheDir: join(repositoryRoot(), '.ratchet'), onProgress: say });
  } catch (error) {
    if (!(error instanceof SentenceEncoderError)) throw error;
    say(`Without sentence embeddings, by n-grams alone: ${error.message}`);
    return null;
  }
};
