import type { OpportunityHistoryEntry } from '@ratchet/console-api';
import { words } from '../../components/format';

/** A row of the chart: its moment in epoch milliseconds; null while it was closed. */
export interface HistoryPoint {
  readonly at: number;
  readonly size: number | null;
  readonly priority: number | null;
}

export interface HistoryMark {
  readonly at: number;
  readonly label: string;
  readonly isEnd: boolean;
}

const MARKS_MAX = 12;

/** What the chart names; growth is seen in it. */
const marked: Partial<Record<NonNullable<OpportunityHistoryEntry['kind']>, string>> = {
  split: 'split', merged: 'merged', came_back: 'came back', merged_away: 'merged into another', fixed: 'fixed', faded: 'faded', dismissed: 'dismissed',
};

/** Values hold until the next entry: up to its end, and of one that is open up to `now`. */
export const historyPoints = (items: readonly OpportunityHistoryEntry[], now: number): HistoryPoint[] => {
  const points: HistoryPoint[] = [];
  let last: Omit<HistoryPoint, 'at'> = { size: null, priority: null };
  for (const { at, size, priority } of items) {
    const moment = Date.parse(at);
    if (size === null && last.size !== null) points.push({ at: moment, ...last });
    last = { size, priority };
    points.push({ at: size === null ? moment + 1 : moment, ...last });
  }
  const end = points.at(-1);
  if (end && end.size !== null && end.at < now) points.push({ ...end, at: now });
  return points;
};

const causeOf = (items: readonly OpportunityHistoryEntry[], before: number): OpportunityHistoryEntry['rootCause'] => items.slice(0, before).findLast(({ rootCause }) => rootCause !== null)?.rootCause ?? null;

/** The root cause that an entry names anew, in words. */
const newCause = (items: readonly OpportunityHistoryEntry[], place: number): string | undefined => {
  const rootCause = items[place]?.rootCause ?? null;
  const before = causeOf(items, place);
  return rootCause !== null && before !== null && before !== rootCause ? `root cause: ${words(rootCause)}, was ${words(before)}` : undefined;
};

/** The newest of what became of it. */
export const historyMarks = (items: readonly OpportunityHistoryEntry[]): HistoryMark[] =>
  items
    .flatMap(({ at, kind, size }, place) => {
      const said = [kind === null ? undefined : marked[kind], newCause(items, place) && 'root cause'].filter((word) => word !== undefined);
      return said.length === 0 ? [] : [{ at: Date.parse(at), label: said.join(', '), isEnd: size === null }];
    })
    .slice(-MARKS_MAX);

/** What an entry tells, in words. */
export const happened = (items: readonly OpportunityHistoryEntry[], place: number): string => {
  const entry = items[place];
  if (!entry) return '';
  const said = entry.kind === null ? 'priority looked at again' : entry.kind === 'merged_away' ? 'merged into another' : words(entry.kind);
  return [entry.version === null ? said : `${said} by ${entry.version}`, newCause(items, place)].filter((part) => part !== undefined).join('; ');
};
