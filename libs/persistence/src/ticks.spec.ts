import { describe, expect, it } from '@jest/globals';
import { Logger } from '@ratchet/observability';
import { startTicks } from './ticks.js';

const logger = Logger.silent();

describe('ticks', () => {
  it('come again after a failure, and never two at once', async () => {
    let ticks = 0;
    let running = 0;
    let most = 0;
    const stop = startTicks(
      [
        {
          tickName: 'test',
          everyMs: 1,
          tick: async () => {
            ticks += 1;
            running += 1;
            most = Math.max(most, running);
            await new Promise((resolve) => setTimeout(resolve, 5));
            running -= 1;
            if (ticks === 1) throw new Error('first');
          },
        },
      ],
      logger,
    );
    while (ticks < 4) await new Promise((resolve) => setTimeout(resolve, 1));
    await stop();
    expect(running).toBe(0);
    expect(most).toBe(1);
  });
});
