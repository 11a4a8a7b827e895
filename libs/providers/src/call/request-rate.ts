import { setTimeout as delay } from 'node:timers/promises';

/** Spaces requests evenly so that no minute has more than so many, and holds all of them back where the provider said when to come again. */
export class RequestRate {
  private readonly spacingMs: number;
  private nextAtMs = 0;

  /** @param perMinute requests a minute; undefined sets no limit */
  constructor(perMinute: number | undefined) {
    this.spacingMs = perMinute === undefined ? 0 : 60_000 / perMinute;
  }

  /** Resolves when the next request may go; rejects with the signal's reason. */
  async take(signal?: AbortSignal): Promise<void> {
    const now = Date.now();
    const at = Math.max(now, this.nextAtMs);
    this.nextAtMs = at + this.spacingMs;
    if (at > now) await delay(at - now, undefined, signal ? { signal } : {});
  }

  /** Nobody goes before so many milliseconds have passed. */
  holdFor(pauseMs: number): void {
    this.nextAtMs = Math.max(this.nextAtMs, Date.now() + pauseMs);
  }
}
