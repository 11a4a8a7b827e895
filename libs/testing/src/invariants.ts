const SHOWN_MAX = 5;

const shown = (items: readonly unknown[]): string => `${items.slice(0, SHOWN_MAX).map(String).join(', ')}${items.length > SHOWN_MAX ? ` and ${items.length - SHOWN_MAX} more` : ''}`;

const repeatedIn = <T>(items: readonly T[]): T[] => {
  const seen = new Set<T>();
  const repeated = new Set<T>();
  for (const item of items) {
    if (seen.has(item)) repeated.add(item);
    seen.add(item);
  }
  return [...repeated];
};

/** @throws {Error} naming the items that occur more than once. */
export const assertNoDuplicates = (items: readonly (string | number | bigint)[]): void => {
  const repeated = repeatedIn(items);
  if (repeated.length > 0) throw new Error(`${repeated.length} of ${items.length} items occur more than once: ${shown(repeated)}`);
};

/** @throws {Error} where the whole numbers, in the order given, do not rise by one from `from`. */
export const assertNoGaps = (numbers: readonly number[], { from = numbers[0] ?? 0 }: { from?: number } = {}): void => {
  numbers.forEach((number, index) => {
    if (number !== from + index) throw new Error(`item ${index} is ${number} in place of ${from + index}`);
  });
};

/**
 * Compares items without regard to order.
 *
 * @throws {Error} saying what is missing, what was never expected, and what occurs more than once.
 */
export const assertExactlyOnce = ({ expected, actual }: { expected: readonly string[]; actual: readonly string[] }): void => {
  const wanted = new Set(expected);
  const got = new Set(actual);
  const missing = [...wanted].filter((item) => !got.has(item));
  const unexpected = [...got].filter((item) => !wanted.has(item));
  const repeated = repeatedIn(actual);
  const problems = [
    ...(missing.length > 0 ? [`${missing.length} missing: ${shown(missing)}`] : []),
    ...(unexpected.length > 0 ? [`${unexpected.length} unexpected: ${shown(unexpected)}`] : []),
    ...(repeated.length > 0 ? [`${repeated.length} more than once: ${shown(repeated)}`] : []),
  ];
  if (problems.length > 0) throw new Error(`of ${wanted.size} expected items: ${problems.join('; ')}`);
};
