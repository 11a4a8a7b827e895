import { sleep } from '@ratchet/kafka';
import { describeError } from '@ratchet/observability';
import type { Logger } from '@ratchet/observability';

/** Short work at an interval, on the leader only, never two at once. */
export interface Tick {
  readonly tickName: string;
  readonly everyMs: number;
  tick(): Promise<void>;
}

/** Starts the ticks; returns how to stop them, which waits for those under way. */
export const startTicks = (ticks: readonly Tick[], logger: Logger): (() => Promise<void>) => {
  const stopping = new AbortController();
  const running = ticks.map(async (tick) => {
    while (!stopping.signal.aborted) {
      await tick.tick().catch((error: unknown) => logger.warn('a tick failed and will be tried again', { tick: tick.tickName, ...describeError(error) }));
      await sleep(tick.everyMs, stopping.signal);
    }
  });
  return async () => {
    stopping.abort();
    await Promise.all(running);
  };
};
