/** A refusal in OpenAI's error shape; thrown anywhere, written by the exception filter. */
export class OpenAiError extends Error {
  override readonly name = 'OpenAiError';
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
  readonly param: string | null;

  constructor({ status, message, type = 'invalid_request_error', code = null, param = null }: OpenAiErrorOptions) {
    super(message);
    this.status = status;
    this.type = type;
    this.code = code;
    this.param = param;
  }

  get body(): OpenAiErrorBody {
    return { error: { message: this.message, type: this.type, param: this.param, code: this.code } };
  }
}

export interface OpenAiErrorBody {
  readonly error: { readonly message: string; readonly type: string; readonly param: string | null; readonly code: string | null };
}

interface OpenAiErrorOptions {
  readonly status: number;
  readonly message: string;
  readonly type?: string;
  readonly code?: string | null;
  readonly param?: string | null;
}

export function badRequest({ message, param = null, code = null }: { message: string; param?: string | null; code?: string | null }): OpenAiError {
  return new OpenAiError({ status: 400, message, param, code });
}

export function notFound({ message, param = null, code = 'not_found' }: { message: string; param?: string | null; code?: string }): OpenAiError {
  return new OpenAiError({ status: 404, message, param, code });
}

/** Any failure as a status and an OpenAI error body; what is not meant for clients is not told to them. */
export function toOpenAiError(error: unknown): OpenAiError {
  if (error instanceof OpenAiError) return error;
  const status = statusOf(error);
  const message = error instanceof Error ? error.message : 'The request failed.';
  if (status >= 400 && status < 500) return new OpenAiError({ status, message });
  return new OpenAiError({ status: 500, message: 'The server had an error while processing the request.', type: 'server_error' });
}

/** Fastify puts `statusCode` on its errors, Nest has `getStatus()`. */
function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 500;
  const { statusCode, getStatus } = error as { statusCode?: unknown; getStatus?: unknown };
  if (typeof statusCode === 'number') return statusCode;
  return typeof getStatus === 'function' ? Number(getStatus.call(error)) : 500;
}
