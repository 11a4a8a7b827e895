import { setTimeout as delay } from 'node:timers/promises';
import type { ProviderConfig } from '../config/provider-config.js';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { ProviderError, toProviderError } from './provider-error.js';

const CONNECTION_ATTEMPTS = 3;
const FIRST_PAUSE_MS = 50;

/** One call under way: its signal ends when the caller cancels or the time is up. */
export interface ProviderCall {
  readonly signal: AbortSignal;
  /** What an error thrown during this call means. */
  explain(error: unknown): ProviderError;
  /** Frees the place and the timer; exactly once. */
  end(): void;
}

export type CallLimits = Pick<ProviderConfig, 'name' | 'timeoutMs' | 'maxConcurrency'>;

/** What every call to one provider shares: the time limit, the places, and the rule that only failed connections are tried again. */
export class ProviderCalls {
  private readonly places: ConcurrencyLimit;

  constructor(private readonly limits: CallLimits) {
    this.places = new ConcurrencyLimit(limits.maxConcurrency);
  }

  /**
   * Waits for a place and starts the clock.
   *
   * @throws {ProviderError} `timeout` or `cancelled` while waiting
   */
  async begin(callerSignal?: AbortSignal): Promise<ProviderCall> {
    const { name, timeoutMs } = this.limits;
    const controller = new AbortController();
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      controller.abort();
    }, timeoutMs);
    const cancel = (): void => controller.abort();
    callerSignal?.addEventListener('abort', cancel, { once: true });
    if (callerSignal?.aborted) cancel();
    const stopClock = (): void => {
      clearTimeout(timer);
      callerSignal?.removeEventListener('abort', cancel);
    };
    const explain = (error: unknown): ProviderError => {
      if (timedOut) return new ProviderError({ code: 'timeout', provider: name, message: `no complete answer within ${timeoutMs} ms`, cause: error });
      if (controller.signal.aborted) return new ProviderError({ code: 'cancelled', provider: name, message: 'the caller cancelled the call', cause: error });
      return toProviderError(error, name);
    };
    try {
      await this.places.acquire(controller.signal);
    } catch (error) {
      stopClock();
      throw explain(error);
    }
    const end = (): void => {
      stopClock();
      this.places.release();
    };
    return { signal: controller.signal, explain, end };
  }

  /** Tries `work` again, after a short pause, where the connection failed; every other failure is final. */
  async connect<Result>(call: ProviderCall, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work(call.signal);
      } catch (error) {
        const failure = call.explain(error);
        if (failure.code !== 'connection' || attempt === CONNECTION_ATTEMPTS) throw failure;
        const pauseMs = FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random());
        await delay(pauseMs, undefined, { signal: call.signal }).catch((cause: unknown) => Promise.reject(call.explain(cause)));
      }
    }
  }

  /** One call from begin to end. */
  async run<Result>(work: (signal: AbortSignal) => Promise<Result>, callerSignal?: AbortSignal): Promise<Result> {
    const call = await this.begin(callerSignal);
    try {
      return await this.connect(call, work);
    } finally {
      call.end();
    }
  }
}
