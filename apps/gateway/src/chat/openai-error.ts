/** A failure as OpenAI's clients read it. */
export interface HttpFailure {
  readonly status: number;
  readonly type: 'invalid_request_error' | 'rate_limit_error' | 'api_error';
  readonly code: string;
  readonly message: string;
  readonly param?: string;
  /** When to try again. */
  readonly retryAfterSeconds?: number;
}

export const errorBody = ({ message, type, code, param }: HttpFailure): { error: { message: string; type: string; param: string | null; code: string } } => ({
  error: { message, type, param: param ?? null, code },
});

export const invalidRequest = ({ message, param, code = 'invalid_request', status = 400 }: { message: string; param?: string; code?: string; status?: number }): HttpFailure => ({
  status,
  type: 'invalid_request_error',
  code,
  message,
  ...(param !== undefined && { param }),
});
