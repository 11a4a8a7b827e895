import { describe, expect, it } from '@jest/globals';
import { ConcurrencyLimit } from './concurrency-limit.js';

describe('ConcurrencyLimit', () => {
  const { signal } = new AbortController();

  it('lets waiters in as places become free, first come first served', async () => {
    const limit = new ConcurrencyLimit(1);
    await limit.acquire(signal);
    const order: string[] = [];
    const first = limit.acquire(signal)?.then(() => order.push('first'));
    const second = limit.acquire(signal)?.then(() => order.push('second'));
    limit.release();
    await first;
    expect(order).toEqual(['first']);
    limit.release();
    await second;
    limit.release();
    expect([order, limit.inUse]).toEqual([['first', 'second'], 0]);
  });

  it('gives no place to who stopped waiting', async () => {
    const limit = new ConcurrencyLimit(1);
    await limit.acquire(signal);
    const impatient = new AbortController();
    const left = limit.acquire(impatient.signal);
    const patient = limit.acquire(signal);
    impatient.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    limit.release();
    await patient;
    expect(limit.inUse).toBe(1);
  });

  it('says when place and line are taken', async () => {
    const limit = new ConcurrencyLimit(1, 1);
    await limit.acquire(signal);
    expect(limit.isFull).toBe(false);
    const waiting = limit.acquire(signal);
    expect([limit.isFull, limit.waiting]).toEqual([true, 1]);
    limit.release();
    await waiting;
    expect(limit.isFull).toBe(false);
  });
});
