import { describe, expect, it } from '@jest/globals';
import { pauseBefore, withPatience } from './patience.js';
import { ProviderError, type ProviderErrorCode } from './provider-error.js';
import { RequestRate } from './request-rate.js';

const failure = (code: ProviderErrorCode, retryAfterMs?: number): ProviderError => new ProviderError({ code, provider: 'p', message: 'scripted', retryAfterMs });
const run = (failures: ProviderError[], held: number[] = []): Promise<number> => {
  let calls = 0;
  const work = async (): Promise<number> => {
    const error = failures[calls];
    calls += 1;
    if (error) throw error;
    return calls;
  };
  return withPatience(work, { attempts: 3, firstPauseMs: 1, pauseMsMax: 50, onHeld: (pauseMs) => held.push(pauseMs) });
};

describe('withPatience', () => {
  it('tries again what may help, so often and no oftener', async () => {
    expect(await run([failure('connection'), failure('bad_response')])).toBe(3);
    await expect(run([failure('timeout'), failure('timeout'), failure('rate_limited')])).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('gives up at once where a repeat cannot help', async () => {
    await expect(run([failure('refused')])).rejects.toMatchObject({ code: 'refused' });
  });

  it('waits as long as the provider says, and tells the others; it gives up where that is too long', async () => {
    const held: number[] = [];
    expect(await run([failure('rate_limited', 20)], held)).toBe(2);
    expect(held).toEqual([20]);
    await expect(run([failure('rate_limited', 60_000)])).rejects.toMatchObject({ retryAfterMs: 60_000 });
  });

  it('ends the pause when the caller does', async () => {
    const stopping = new AbortController();
    const waiting = withPatience(() => Promise.reject(failure('connection')), { attempts: 3, firstPauseMs: 60_000, pauseMsMax: 60_000, signal: stopping.signal });
    stopping.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'connection' });
  });
});

describe('pauseBefore', () => {
  it('grows, is random within a half, and is bounded', () => {
    const at = (attempt: number, random: number): number => pauseBefore({ attempt, firstPauseMs: 100, pauseMsMax: 350, random: () => random });
    expect([at(1, 0), at(1, 1), at(2, 0), at(3, 1)]).toEqual([50, 150, 100, 350]);
  });
});

describe('RequestRate', () => {
  it('spaces requests, and holds all of them back', async () => {
    const rate = new RequestRate(6_000);
    const times: number[] = [];
    await Promise.all(Array.from({ length: 4 }, () => rate.take().then(() => times.push(Date.now()))));
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(25);
    const from = Date.now();
    rate.holdFor(40);
    await rate.take();
    expect(Date.now() - from).toBeGreaterThanOrEqual(35);
  });

  it('stops waiting with its caller', async () => {
    const rate = new RequestRate(1);
    await rate.take();
    await expect(rate.take(AbortSignal.abort())).rejects.toThrow();
  });
});
