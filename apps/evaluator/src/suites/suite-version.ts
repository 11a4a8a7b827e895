import { createHash } from 'node:crypto';
import type { SuiteItem } from './suite-item.js';

/** Keys in order, so that two ways of storing the same check or schema are one. */
const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, field]) => [key, canonical(field)]));
};

/** The version of a suite: SHA-256, in hexadecimal, over its items in order, each with its id, suite, category, prompt, expectation and scorer. */
export const suiteHashOf = (items: readonly SuiteItem[]): string => {
  const hash = createHash('sha256');
  for (const { itemId, suite, category, prompt, expectation, scorer } of items) hash.update(`${JSON.stringify(canonical([itemId, suite, category, prompt, expectation, scorer ?? null]))}\n`);
  return hash.digest('hex');
};
