import { RatchetError } from '@ratchet/observability';

/** What an item may take is over; the work itself may not have noticed. */
export class TimeLimitError extends RatchetError {
  constructor(ms: number) {
    super({ code: 'timeout', message: `not done within ${ms} ms` });
    this.name = 'TimeLimitError';
  }
}

/**
 * Does `work` within `ms`, and also ends where it does not listen to its signal.
 *
 * @throws {TimeLimitError} when the time is up
 * @throws the reason of `signal` where that ends first
 */
export const withTimeLimit = async <Result>(work: (signal: AbortSignal) => Promise<Result>, { ms, signal }: { readonly ms: number; readonly signal: AbortSignal }): Promise<Result> => {
  signal.throwIfAborted();
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new TimeLimitError(ms)), ms);
  const forward = (): void => limit.abort(signal.reason);
  signal.addEventListener('abort', forward, { once: true });
  const ended = new Promise<never>((_, reject) => limit.signal.addEventListener('abort', () => reject(limit.signal.reason as Error), { once: true }));
  try {
    return await Promise.race([work(limit.signal), ended]);
  } catch (error) {
    // What work makes of its signal (cancelled, say) is not why it ended.
    limit.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', forward);
  }
};
