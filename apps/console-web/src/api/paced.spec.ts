import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { paced } from './paced';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('paced work', () => {
  it('is done once for all who ask within the time, and again for who asks after it', () => {
    let done = 0;
    const work = paced(1_000, () => void (done += 1));
    work.ask();
    jest.advanceTimersByTime(900);
    work.ask();
    expect(done).toBe(0);
    jest.advanceTimersByTime(100);
    expect(done).toBe(1);
    work.ask();
    jest.advanceTimersByTime(1_000);
    expect(done).toBe(2);
  });

  it('is not done once it is cancelled', () => {
    let done = 0;
    const work = paced(1_000, () => void (done += 1));
    work.ask();
    work.cancel();
    jest.advanceTimersByTime(5_000);
    expect(done).toBe(0);
  });
});
