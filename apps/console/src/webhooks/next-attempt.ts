import { backoffMs } from '@ratchet/kafka';

/** What came of one request: a status, or the code of what kept it from having one. */
export type Answer = { readonly status: number; readonly retryAfterMs?: number } | { readonly error: string; /** It will say the same next time. */ readonly isRefusal?: boolean };

export interface Attempted {
  readonly answer: Answer;
  /** Requests made so far, this one included. */
  readonly attempts: number;
  /** Since the event was taken up. */
  readonly ageMs: number;
  /** 0 to 1. */
  readonly random: number;
}

export type Next =
  | { readonly state: 'delivered' }
  | { readonly state: 'waiting'; readonly waitMs: number }
  /** `gone`: the receiver wants no more of any event. */
  | { readonly state: 'gave_up'; readonly reason: 'too_old' | 'refused' | 'gone' };

const HOUR_MS = 3_600_000;
/** As long as the schedule that Standard Webhooks recommends. */
export const GIVE_UP_AFTER_MS = 72 * HOUR_MS;
/** The last of these comes about two hours after the first: a receiver may answer 404 while it is rolled out. */
export const REFUSALS_MAX = 12;
const WAITS = { initialMs: 5_000, maxMs: 6 * HOUR_MS };

/** 408, 425 and 429 ask to come again; other 4xx and redirects will say the same next time, unless somebody changes something. */
const isRefusal = (status: number): boolean => status >= 300 && status < 500 && ![408, 425, 429].includes(status);

/** What follows from an answer: 2xx ends it, 410 ends the webhook, and all else is tried again with growing, random waits. */
export const nextAttempt = ({ answer, attempts, ageMs, random }: Attempted): Next => {
  const status = 'status' in answer ? answer.status : 0;
  if (status >= 200 && status < 300) return { state: 'delivered' };
  if (status === 410) return { state: 'gave_up', reason: 'gone' };
  const isRefused = 'error' in answer ? answer.isRefusal === true : isRefusal(status);
  if (isRefused && attempts >= REFUSALS_MAX) return { state: 'gave_up', reason: 'refused' };
  if (ageMs >= GIVE_UP_AFTER_MS) return { state: 'gave_up', reason: 'too_old' };
  const asked = 'status' in answer ? (answer.retryAfterMs ?? 0) : 0;
  return { state: 'waiting', waitMs: Math.max(backoffMs(attempts - 1, random, WAITS), Math.min(asked, WAITS.maxMs)) };
};
