export { ensureEncoderFiles, type EnsureEncoderOptions } from './encoder-files.js';
export { SENTENCE_DIMENSIONS, SentenceEncoder } from './sentence-encoder.js';
export { SentenceEncoderError, type SentenceEncoderErrorCode, sentenceEncoderErrorCodes } from './sentence-encoder.error.js';
