import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { paced } from './paced';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('paced work', () => {
  it('is done at once after a rest, then once for all who ask within the time, at its end', () => {
    let done = 0;
    const work = paced(1_000, () => void (done += 1));
    work.ask();
    expect(done).toBe(1);
    jest.advanceTimersByTime(300);
    work.ask();
    work.ask();
    expect(done).toBe(1);
    jest.advanceTimersByTime(700);
    expect(done).toBe(2);
    work.ask();
    jest.advanceTimersByTime(999);
    expect(done).toBe(2);
    jest.advanceTimersByTime(1);
    expect(done).toBe(3);
    jest.advanceTimersByTime(1_000);
    work.ask();
    expect(done).toBe(4);
  });

  it('is not done once it is cancelled', () => {
    let done = 0;
    const work = paced(1_000, () => void (done += 1));
    work.ask();
    work.ask();
    work.cancel();
    jest.advanceTimersByTime(5_000);
    expect(done).toBe(1);
  });
});
