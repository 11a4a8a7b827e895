import { setTimeout as sleep } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Milliseconds until the last failure is thrown. */
  readonly withinMs?: number;
  /** Milliseconds between two tries. */
  readonly everyMs?: number;
}

/**
 * Repeats an assertion until it holds, and returns what it returned.
 *
 * @throws the assertion's last error, when it has not held within the time.
 */
export const eventually = async <T>(assertion: () => T | Promise<T>, { withinMs = 20_000, everyMs = 100 }: EventuallyOptions = {}): Promise<T> => {
  const until = Date.now() + withinMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() >= until) throw error;
    }
    await sleep(everyMs);
  }
};
