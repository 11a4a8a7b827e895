export interface BackoffOptions {
  readonly initialMs?: number;
  readonly maxMs?: number;
}

/** Exponential with full jitter: a random wait between half the bound and the bound, so that services do not return in step. */
export const backoffMs = (attempt: number, random: number, { initialMs = 200, maxMs = 15_000 }: BackoffOptions = {}): number => {
  const bound = Math.min(maxMs, initialMs * 2 ** Math.min(attempt, 20));
  return Math.round(bound / 2 + (random * bound) / 2);
};

/** Waits, or returns early when the signal fires. */
export const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
