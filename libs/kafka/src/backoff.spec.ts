import { describe, expect, it } from '@jest/globals';
import { backoffMs, sleep } from './backoff.js';

describe('backoffMs', () => {
  it('doubles up to its bound and keeps half of it random', () => {
    expect(backoffMs(0, 0)).toBe(100);
    expect(backoffMs(0, 1)).toBe(200);
    expect(backoffMs(3, 1)).toBe(1_600);
    expect(backoffMs(50, 1)).toBe(15_000);
    expect(backoffMs(50, 0)).toBe(7_500);
  });
});

describe('sleep', () => {
  it('ends at once when its signal fires', async () => {
    const controller = new AbortController();
    const slept = sleep(60_000, controller.signal).then(() => 'awake');
    controller.abort();
    await expect(slept).resolves.toBe('awake');
    await expect(sleep(60_000, controller.signal)).resolves.toBeUndefined();
  });
});
