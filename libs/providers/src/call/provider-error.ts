import { RatchetError } from '@ratchet/observability';
import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai';
import type { TokenUsage } from '../chat/chat-provider.js';

export const providerErrorCodes = ['timeout', 'connection', 'rate_limited', 'bad_response', 'refused', 'cancelled', 'overloaded'] as const;

/**
 * - `timeout`: no complete answer within the provider's `timeoutMs` (waiting for a free slot included)
 * - `connection`: the provider could not be reached, or hung up; `unsent` says whether the request can have reached it
 * - `rate_limited`: HTTP 429
 * - `bad_response`: HTTP 5xx, or an answer that is not of OpenAI's shape
 * - `refused`: another HTTP 4xx (wrong key, unknown model, invalid request), or no such provider: repeating cannot help
 * - `cancelled`: the caller's own signal ended the call
 * - `overloaded`: this process has as many calls to the provider under way and in line as it may (`maxConcurrency`, `maxQueue`): the provider was not asked
 */
export type ProviderErrorCode = (typeof providerErrorCodes)[number];

const retryableCodes: ReadonlySet<ProviderErrorCode> = new Set(['timeout', 'connection', 'rate_limited', 'bad_response', 'overloaded']);

/** A call to a model provider that failed; the message never holds prompts or answers. */
export class ProviderError extends RatchetError {
  declare readonly code: ProviderErrorCode;
  readonly provider: string;
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** When the provider wants to be asked again (its Retry-After). */
  readonly retryAfterMs: number | undefined;
  /** True where the connection failed before anything of the request went over it: to send it again cannot do the work twice. */
  readonly unsent: boolean;
  /** Tokens of answers that came and could not be used: they are charged for. */
  readonly usage: TokenUsage | undefined;

  constructor({ code, provider, message, status, retryAfterMs, unsent = false, usage, cause }: {
    code: ProviderErrorCode;
    provider: string;
    message: string;
    status?: number | undefined;
    retryAfterMs?: number | undefined;
    unsent?: boolean;
    usage?: TokenUsage | undefined;
    cause?: unknown;
  }) {
    super({
      code,
      message: `Provider ${provider}: ${message}`,
      context: { provider, ...(status !== undefined && { status }) },
      retryable: retryableCodes.has(code),
      ...(cause !== undefined && { cause }),
    });
    this.name = 'ProviderError';
    this.provider = provider;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
    this.unsent = unsent;
    this.usage = usage;
  }
}

/** `retry-after-ms`, or `retry-after` in seconds or as a date. */
export const retryAfterOf = (headers: Pick<Headers, 'get'> | undefined, nowMs = Date.now()): number | undefined => {
  const exact = Number(headers?.get('retry-after-ms') ?? Number.NaN);
  if (exact >= 0) return exact;
  const text = headers?.get('retry-after');
  if (!text) return undefined;
  const seconds = Number(text);
  if (seconds >= 0) return seconds * 1_000;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
};

/** The error that an HTTP status other than 2xx stands for; `detail` is the provider's own message, if it sent one. */
export const errorOfStatus = ({ provider, status, detail, retryAfterMs }: { provider: string; status: number; detail?: string | undefined; retryAfterMs?: number | undefined }): ProviderError => {
  const code = status === 429 ? 'rate_limited' : status === 408 || status === 504 ? 'timeout' : status >= 400 && status < 500 ? 'refused' : 'bad_response';
  return new ProviderError({ code, provider, status, retryAfterMs, message: `HTTP ${status}${detail ? ` (${detail.slice(0, 300)})` : ''}` });
};

const timeoutCodes = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);
const connectionCodes = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH', 'ETIMEDOUT',
  'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_CLOSED', 'UND_ERR_DESTROYED',
]);

const codeOf = (error: unknown): string | undefined => {
  let at = error;
  for (let depth = 0; depth < 5 && typeof at === 'object' && at !== null; depth += 1) {
    const { code, cause } = at as { code?: unknown; cause?: unknown };
    at = cause;
    if (typeof code === 'string' && (timeoutCodes.has(code) || connectionCodes.has(code))) return code;
  }
  return undefined;
};

/** By their nature from before there was a connection. */
const connectingCodes = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

interface SystemFault {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly cause?: unknown;
  /** Of an AggregateError: one for each address that was tried. */
  readonly errors?: readonly unknown[];
  /** undici's, where it knows what has gone over the connection. */
  readonly socket?: { readonly bytesWritten?: unknown } | null;
}

const isUnsent = (error: unknown): boolean => {
  let at = error;
  for (let depth = 0; depth < 5 && typeof at === 'object' && at !== null; depth += 1) {
    const { code, syscall, cause, errors, socket } = at as SystemFault;
    if (connectingCodes.has(String(code)) || syscall === 'connect' || syscall === 'getaddrinfo' || socket?.bytesWritten === 0) return true;
    if (errors !== undefined && errors.length > 0) return errors.every(isUnsent);
    at = cause;
  }
  return false;
};

/** Whatever undici, fetch or the openai package threw, as a {@link ProviderError}. */
export const toProviderError = (error: unknown, provider: string): ProviderError => {
  if (error instanceof ProviderError) return error;
  if (error instanceof APIUserAbortError) return new ProviderError({ code: 'cancelled', provider, message: 'the caller cancelled the call', cause: error });
  if (error instanceof APIConnectionTimeoutError) return new ProviderError({ code: 'timeout', provider, message: 'no answer in time', cause: error });
  const code = codeOf(error);
  if (code !== undefined && timeoutCodes.has(code)) return new ProviderError({ code: 'timeout', provider, message: `no answer in time (${code})`, cause: error });
  if (code !== undefined || error instanceof APIConnectionError) return new ProviderError({ code: 'connection', provider, message: `cannot be reached${code ? ` (${code})` : ''}`, unsent: isUnsent(error), cause: error });
  if (error instanceof APIError && typeof error.status === 'number') return errorOfStatus({ provider, status: error.status, detail: error.message, retryAfterMs: retryAfterOf(error.headers) });
  if ((error as { name?: unknown } | null)?.name === 'AbortError') return new ProviderError({ code: 'cancelled', provider, message: 'the caller cancelled the call', cause: error });
  return new ProviderError({ code: 'bad_response', provider, message: 'the answer could not be read', cause: error });
};
