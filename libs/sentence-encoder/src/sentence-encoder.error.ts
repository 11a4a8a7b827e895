/** Why the encoder could not be fetched, loaded or used. The message says what to do. */
export const sentenceEncoderErrorCodes = ['closed', 'corrupt_encoder', 'encoder_fetch_failed', 'maven_missing', 'missing_encoder'] as const;

/** One of {@link sentenceEncoderErrorCodes}. */
export type SentenceEncoderErrorCode = (typeof sentenceEncoderErrorCodes)[number];

/** The one error class of this library; `code` is for programs, `message` for people. */
export class SentenceEncoderError extends Error {
  override readonly name = 'SentenceEncoderError';
  readonly code: SentenceEncoderErrorCode;

  constructor({ code, message, cause }: { code: SentenceEncoderErrorCode; message: string; cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
