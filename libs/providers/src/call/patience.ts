import { setTimeout as delay } from 'node:timers/promises';
import { ProviderError } from './provider-error.js';

export interface PatienceOptions {
  /** The first one included. */
  readonly attempts: number;
  readonly firstPauseMs: number;
  /** No pause is longer; a provider that asks for a longer one is given up. */
  readonly pauseMsMax: number;
  readonly signal?: AbortSignal | undefined;
  /** Told of every pause that a provider asked for. */
  readonly onHeld?: (pauseMs: number) => void;
  /** In [0, 1); for tests. */
  readonly random?: () => number;
}

/** Twice as long each time, and by up to a half shorter or longer, so that callers that failed together do not come back together. */
export const pauseBefore = ({ attempt, firstPauseMs, pauseMsMax, random = Math.random }: { attempt: number; random?: (() => number) | undefined } & Pick<PatienceOptions, 'firstPauseMs' | 'pauseMsMax'>): number =>
  Math.min(pauseMsMax, firstPauseMs * 2 ** (attempt - 1) * (0.5 + random()));

/**
 * Tries again what may help to try again, after growing, random pauses, or after the time that the provider named (Retry-After). For work that
 * nobody waits for: what a user waits for must fail early.
 *
 * @throws {ProviderError} the last failure
 */
export const withPatience = async <Result>(work: () => Promise<Result>, options: PatienceOptions): Promise<Result> => {
  const { attempts, pauseMsMax, signal, onHeld } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ProviderError) || !error.retryable || attempt >= attempts) throw error;
      const asked = error.retryAfterMs;
      if (asked !== undefined && asked > pauseMsMax) throw error;
      if (asked !== undefined) onHeld?.(asked);
      await delay(Math.max(asked ?? 0, pauseBefore({ attempt, ...options })), undefined, signal ? { signal } : {}).catch(() => Promise.reject(error));
    }
  }
};
