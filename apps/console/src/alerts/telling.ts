import { type Severity, severities } from '@ratchet/console-api';

/** What one channel was told of alerts of one name and workload. */
export interface Telling {
  /** Alerts that are open, as far as was heard. */
  readonly openIds: readonly string[];
  readonly severity: Severity;
  /** Epoch milliseconds of the last message that one was raised, or of when it will be sent. */
  readonly toldAt: number;
  /** Raised again since that message, and not told. */
  readonly repeats: number;
}

export interface Raised {
  readonly alertId: string;
  readonly severity: Severity;
  readonly isMomentary: boolean;
}

export type Tell = { readonly tell: 'now' } | { readonly tell: 'at'; readonly at: number } | { readonly tell: 'nothing' };

/** An alert that comes back sooner after it was told is told at the end of this time, if it is still open then. */
export const FLAP_WINDOW_MS = 15 * 60_000;
/** Of ids that are kept; more at once are counted all the same. */
const OPEN_MAX = 100;

const rank = (severity: Severity): number => severities.indexOf(severity);

/** Told at once where it is news: nothing like it is open or was told lately, or it got more severe. */
export const afterRaised = (known: Telling | undefined, { alertId, severity, isMomentary }: Raised, nowMs: number): Tell & { readonly telling: Telling } => {
  const now = { telling: { openIds: isMomentary ? [] : [alertId], severity, toldAt: nowMs, repeats: 0 }, tell: 'now' } as const;
  if (!known) return now;
  if (known.openIds.includes(alertId)) return { telling: known, tell: 'nothing' };
  const openIds = isMomentary ? [] : [...known.openIds, alertId].slice(-OPEN_MAX);
  if (rank(severity) > rank(known.severity)) return { ...now, telling: { ...now.telling, openIds } };
  const again = { ...known, openIds, repeats: known.repeats + 1 };
  if (known.openIds.length > 0) return { telling: again, tell: 'nothing' };
  const at = known.toldAt + FLAP_WINDOW_MS;
  if (nowMs >= at) return now;
  return isMomentary ? { telling: again, tell: 'nothing' } : { telling: { ...again, toldAt: at }, tell: 'at', at };
};

/** `isOver` when the last of them is resolved. */
export const afterResolved = (known: Telling, alertId: string): { readonly telling: Telling; readonly isOver: boolean } => {
  const openIds = known.openIds.filter((id) => id !== alertId);
  return { telling: { ...known, openIds }, isOver: known.openIds.length > 0 && openIds.length === 0 };
};
