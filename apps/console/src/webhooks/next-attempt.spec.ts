import { describe, expect, it } from '@jest/globals';
import { GIVE_UP_AFTER_MS, nextAttempt, REFUSALS_MAX, type Answer } from './next-attempt.js';

const HOUR_MS = 3_600_000;
const after = (answer: Answer, { attempts = 1, ageMs = 0, random = 0.5 } = {}) => nextAttempt({ answer, attempts, ageMs, random });

describe('nextAttempt', () => {
  it.each([200, 201, 202, 204, 299])('is done after %i', (status) => {
    expect(after({ status })).toEqual({ state: 'delivered' });
  });

  it.each<[string, Answer]>([
    ['a server error', { status: 503 }],
    ['too many requests', { status: 429 }],
    ['a receiver that took too long', { status: 408 }],
    ['one that is early', { status: 425 }],
    ['no answer', { error: 'ECONNREFUSED' }],
  ])('tries again after %s for three days, and then no more', (_, answer) => {
    expect(after(answer, { attempts: 500, ageMs: GIVE_UP_AFTER_MS - 1 }).state).toBe('waiting');
    expect(after(answer, { attempts: 500, ageMs: GIVE_UP_AFTER_MS })).toEqual({ state: 'gave_up', reason: 'too_old' });
  });

  it.each([301, 307, 400, 401, 404, 409, 422])('tries again after %i some times, and not for days', (status) => {
    expect(after({ status }, { attempts: REFUSALS_MAX - 1 }).state).toBe('waiting');
    expect(after({ status }, { attempts: REFUSALS_MAX })).toEqual({ state: 'gave_up', reason: 'refused' });
  });

  it('ends the webhook at 410, at once', () => {
    expect(after({ status: 410 })).toEqual({ state: 'gave_up', reason: 'gone' });
  });

  it('waits longer each time, up to six hours', () => {
    const waits = Array.from({ length: 20 }, (_, n) => after({ error: 'timeout' }, { attempts: n + 1, random: 1 })).map((next) => (next.state === 'waiting' ? next.waitMs : Number.NaN));
    expect(waits.slice(0, 4)).toEqual([5_000, 10_000, 20_000, 40_000]);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits.at(-1)).toBe(6 * HOUR_MS);
    // Refusals are given time for a receiver's rollout.
    expect(waits.slice(0, REFUSALS_MAX - 1).reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(HOUR_MS);
  });

  it('does not come back to all at the same moment', () => {
    expect(after({ status: 500 }, { attempts: 3, random: 0 })).toEqual({ state: 'waiting', waitMs: 10_000 });
    expect(after({ status: 500 }, { attempts: 3, random: 1 })).toEqual({ state: 'waiting', waitMs: 20_000 });
  });

  it('comes no sooner than it is asked to, where it is asked for hours and not for weeks', () => {
    expect(after({ status: 429, retryAfterMs: 600_000 })).toEqual({ state: 'waiting', waitMs: 600_000 });
    expect(after({ status: 503, retryAfterMs: 1 }, { random: 1 })).toEqual({ state: 'waiting', waitMs: 5_000 });
    expect(after({ status: 503, retryAfterMs: 30 * 24 * HOUR_MS })).toEqual({ state: 'waiting', waitMs: 6 * HOUR_MS });
  });
});
