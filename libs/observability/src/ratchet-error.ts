/** Base of all thrown errors: a code for machines, plain context (ids and names, no payloads), and whether trying again may help. */
export class RatchetError extends Error {
  readonly code: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly retryable: boolean;

  constructor({ code, message, context = {}, retryable = false, cause }: { code: string; message: string; context?: Record<string, unknown>; retryable?: boolean; cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'RatchetError';
    this.code = code;
    this.context = context;
    this.retryable = retryable;
  }
}
