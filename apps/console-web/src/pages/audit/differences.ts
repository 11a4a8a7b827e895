export interface Difference {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly isChanged: boolean;
}

type Facts = Readonly<Record<string, unknown>>;

const textOf = (value: unknown): string => (value === undefined || value === null ? '–' : typeof value === 'object' ? JSON.stringify(value) : String(value));
const factsIn = (value: unknown): Facts => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Facts) : {});

/** What a decision found and left, field by field, in the order of their names. */
export const differencesOf = (record: Facts): Difference[] => {
  const before = factsIn(record['before']);
  const after = factsIn(record['after']);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((name) => ({ name, before: textOf(before[name]), after: textOf(after[name]), isChanged: name in before && textOf(before[name]) !== textOf(after[name]) }));
};

/** A field of a record, as text. */
export const fieldOf = (record: Facts, name: string): string => textOf(record[name]);
