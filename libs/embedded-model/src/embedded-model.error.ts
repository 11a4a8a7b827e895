/** What went wrong, for machines. */
export const embeddedModelErrorCodes = ['bad_example', 'bad_recipe', 'corrupt_checkpoint', 'incompatible_checkpoint', 'missing_checkpoint', 'missing_encoder', 'missing_sentence', 'unusable_folder'] as const;

export type EmbeddedModelErrorCode = (typeof embeddedModelErrorCodes)[number];

/** The message says what to do; `code` is stable. */
export class EmbeddedModelError extends Error {
  override readonly name = 'EmbeddedModelError';
  readonly code: EmbeddedModelErrorCode;

  constructor(code: EmbeddedModelErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
