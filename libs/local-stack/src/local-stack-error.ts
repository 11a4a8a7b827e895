/** Why a local stack could not be started, read or stopped. The message says what to do. */
export const localStackErrorCodes = [
  'bad_configuration',
  'compose_failed',
  'java_missing',
  'java_too_old',
  'kafka_fetch_failed',
  'locked',
  'maven_missing',
  'not_reachable',
  'port_taken',
  'service_failed',
  'unsupported_platform',
] as const;

/** One of {@link localStackErrorCodes}. */
export type LocalStackErrorCode = (typeof localStackErrorCodes)[number];

/** The one error class of this library; `code` is for programs, `message` for people. */
export class LocalStackError extends Error {
  override readonly name = 'LocalStackError';
  readonly code: LocalStackErrorCode;

  constructor({ code, message, cause }: { code: LocalStackErrorCode; message: string; cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
