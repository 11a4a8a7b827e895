import { ProviderError } from '@ratchet/providers';
import type { HttpFailure } from './openai-error.js';

const OVERLOAD_RETRY_AFTER_SECONDS = 1;

const statusOf = (code: ProviderError['code'], invalid: boolean): number => {
  if (code === 'timeout') return 504;
  if (code === 'rate_limited') return 429;
  if (code === 'overloaded') return 503;
  return invalid ? 400 : 502;
};

/** What a client is told of a provider's failure. */
export const failureOf = (error: unknown): HttpFailure => {
  if (!(error instanceof ProviderError)) return { status: 502, type: 'api_error', code: 'provider_bad_response', message: 'The model provider failed.' };
  const { code, retryAfterMs, message } = error;
  // The provider found the request itself wrong: clients must not try it again, as they do after 502.
  const invalid = code === 'refused' && (error.status === 400 || error.status === 422);
  const status = statusOf(code, invalid);
  const retryAfterSeconds = code === 'overloaded' ? OVERLOAD_RETRY_AFTER_SECONDS : retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs / 1_000);
  const type = status === 429 ? 'rate_limit_error' : invalid ? 'invalid_request_error' : 'api_error';
  return { status, type, code: `provider_${code}`, message, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
};

export const isCancelled = (error: unknown): boolean => error instanceof ProviderError && error.code === 'cancelled';

/** Whether this gateway, not a provider, had no room for a call: that says nothing about any version. */
export const isOverloaded = (error: unknown): error is ProviderError => error instanceof ProviderError && error.code === 'overloaded';
