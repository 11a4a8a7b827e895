import { createRequire } from 'node:module';

interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

const require = createRequire(import.meta.url);

/**
 * After every response, kafkajs 2.2.4 sets a timer for the time since 1970 below zero when nothing waits and nothing is throttled.
 * Node 24 warns of it (TimeoutNegativeWarning). Nothing would be found then, so nothing is scheduled; all else is left to kafkajs.
 */
export const leaveOutIdleChecks = (): void => {
  const { prototype } = require('kafkajs/src/network/requestQueue/index.js') as { prototype: RequestQueue & { idleChecksLeftOut?: boolean } };
  if (prototype.idleChecksLeftOut) return;
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.idleChecksLeftOut = true;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  };
};
