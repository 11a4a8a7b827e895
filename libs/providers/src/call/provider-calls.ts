import { setTimeout as delay } from 'node:timers/promises';
import type { ProviderConfig } from '../config/provider-config.js';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { ProviderError, toProviderError } from './provider-error.js';

const CONNECTION_ATTEMPTS = 3;
const FIRST_PAUSE_MS = 50;

/** One call under way: its signal ends when the caller cancels or the time is up. */
export interface ProviderCall {
  readonly signal: AbortSignal;
  /** From now on, `what` must come within so many milliseconds, else the call ends with `timeout`; undefined: nothing is waited for. */
  expect(what: string, withinMs: number | undefined): void;
  /** What an error thrown during this call means. */
  explain(error: unknown): ProviderError;
  /** Frees the place and the timers; exactly once. */
  end(): void;
}

export type CallLimits = Pick<ProviderConfig, 'name' | 'timeoutMs' | 'maxConcurrency' | 'maxQueue'>;

export interface CallRules {
  /**
   * Which failed connections are tried again: only those over which the request certainly did not go (`unsent`), because what a provider may have
   * generated is paid for; or also those that broke later (`broken`), where a repeat does no harm.
   */
  readonly repeats: 'unsent' | 'broken';
}

/** What every call to one provider shares: the time limit, the places, the line before them, and the rule that only failed connections are tried again. */
export class ProviderCalls {
  private readonly places: ConcurrencyLimit;

  constructor(
    private readonly limits: CallLimits,
    private readonly rules: CallRules = { repeats: 'broken' },
  ) {
    this.places = new ConcurrencyLimit(limits.maxConcurrency, limits.maxQueue);
  }

  /**
   * Waits for a place and starts the clock.
   *
   * @throws {ProviderError} `overloaded` at once where the line is full; `timeout` or `cancelled` while waiting
   */
  async begin(callerSignal?: AbortSignal): Promise<ProviderCall> {
    const { name, maxConcurrency } = this.limits;
    if (this.places.isFull) throw new ProviderError({ code: 'overloaded', provider: name, message: `${maxConcurrency} calls are under way and ${this.places.waiting} wait: no more are taken` });
    const clock = new CallClock(this.limits, callerSignal);
    try {
      await this.places.acquire(clock.signal);
    } catch (error) {
      clock.stop();
      throw clock.explain(error);
    }
    return {
      signal: clock.signal,
      expect: (what, withinMs) => clock.expect(what, withinMs),
      explain: (error) => clock.explain(error),
      end: () => {
        clock.stop();
        this.places.release();
      },
    };
  }

  /** Tries `work` again, after a short pause, where the connection failed and the rules allow it; every other failure is final. */
  async connect<Result>(call: ProviderCall, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work(call.signal);
      } catch (error) {
        const failure = call.explain(error);
        const repeatable = failure.code === 'connection' && (failure.unsent || this.rules.repeats === 'broken');
        if (!repeatable || attempt === CONNECTION_ATTEMPTS) throw failure;
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

/** The time limits of one call, and its caller's wish to end it, as one signal. */
class CallClock {
  private readonly controller = new AbortController();
  private readonly whole: NodeJS.Timeout;
  private part: NodeJS.Timeout | undefined;
  private late: string | undefined;
  private readonly cancel = (): void => this.controller.abort();

  constructor(
    private readonly limits: CallLimits,
    private readonly callerSignal: AbortSignal | undefined,
  ) {
    this.whole = setTimeout(() => this.end(`no complete answer within ${limits.timeoutMs} ms`), limits.timeoutMs);
    callerSignal?.addEventListener('abort', this.cancel, { once: true });
    if (callerSignal?.aborted) this.cancel();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  expect(what: string, withinMs: number | undefined): void {
    clearTimeout(this.part);
    this.part = withinMs === undefined ? undefined : setTimeout(() => this.end(`no ${what} within ${withinMs} ms`), withinMs);
  }

  explain(error: unknown): ProviderError {
    const { name } = this.limits;
    if (this.late !== undefined) return new ProviderError({ code: 'timeout', provider: name, message: this.late, cause: error });
    if (this.signal.aborted) return new ProviderError({ code: 'cancelled', provider: name, message: 'the caller cancelled the call', cause: error });
    return toProviderError(error, name);
  }

  stop(): void {
    clearTimeout(this.whole);
    clearTimeout(this.part);
    this.callerSignal?.removeEventListener('abort', this.cancel);
  }

  private end(late: string): void {
    if (this.signal.aborted) return;
    this.late = late;
    this.controller.abort();
  }
}
