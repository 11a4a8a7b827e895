/** One thing that was compared, and how it ended. */
export interface Comparison {
  readonly name: string;
  readonly compared: number;
  /** Empty where all is as it should be. */
  readonly differences: readonly string[];
}

const SHOWN_MAX = 5;
const CHARACTERS_MAX = 300;

const countOf = (items: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
};

const summary = (problem: string, items: readonly string[]): string[] =>
  items.length === 0 ? [] : [`${items.length} ${problem}: ${items.slice(0, SHOWN_MAX).map((item) => item.slice(0, CHARACTERS_MAX)).join(' | ')}`];

/** Both hold the same items, each as often. */
export const compareItems = (name: string, { expected, actual }: { expected: readonly string[]; actual: readonly string[] }): Comparison => {
  const wanted = countOf(expected);
  const got = countOf(actual);
  const missing = [...wanted].filter(([item, count]) => (got.get(item) ?? 0) < count).map(([item]) => item);
  const extra = [...got].filter(([item, count]) => (wanted.get(item) ?? 0) < count).map(([item]) => item);
  return { name, compared: expected.length, differences: [...summary('missing or too rare', missing), ...summary('never expected or too often', extra)] };
};

export const compareNumbers = (name: string, { expected, actual }: { expected: Readonly<Record<string, number>>; actual: Readonly<Record<string, number>> }): Comparison => {
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort();
  const different = keys.filter((key) => expected[key] !== actual[key]).map((key) => `${key}: ${expected[key] ?? 'none'} expected, ${actual[key] ?? 'none'} found`);
  return { name, compared: keys.length, differences: summary('numbers differ', different) };
};

/** Statements that must hold, by what is wrong where they do not. */
export const checkAll = (name: string, { compared, problems }: { compared: number; problems: readonly string[] }): Comparison => ({ name, compared, differences: summary('violations', problems) });
