import { distinctiveness, isDistinctive, type Pattern, patternOf, type Tally } from './distinctiveness.js';
import type { AttributeValue, FailureItem } from './embed-failures.js';

type Attributed = Pick<FailureItem, 'attributes'>;

/** An attribute with more different values names single things (a session, an order), not kinds of failures. */
const VALUES_MAX = 500;
/** Numbers with more different values are measures: their lowest and highest quarters are looked at in place of single values. */
const NUMBERS_MAX = 12;

/** Per cluster, the values of attributes that it has more of than the rest. */
export const attributePatternsOf = ({ items, labels, sizes }: { items: readonly Attributed[]; labels: ArrayLike<number>; sizes: readonly number[] }): Pattern[][] => {
  const readers = readersOf(items);
  const all = new Map<string, number>();
  const byCluster = sizes.map(() => new Map<string, number>());
  items.forEach((item, i) => {
    const own = byCluster[labels[i] ?? 0];
    for (const fact of factsOf(item, readers)) {
      all.set(fact, (all.get(fact) ?? 0) + 1);
      own?.set(fact, (own.get(fact) ?? 0) + 1);
    }
  });
  return byCluster.map((own, c) =>
    [...own].flatMap(([fact, count]): Pattern[] => {
      const tally: Tally = { count, countAll: all.get(fact) ?? count, size: sizes[c] ?? 0, sizeAll: items.length };
      const zScore = distinctiveness({ ...tally, totalHere: tally.size, totalAll: tally.sizeAll });
      return isDistinctive({ ...tally, zScore }) ? [patternOf('attribute', fact, tally, zScore)] : [];
    }),
  );
};

/** Says in words what a value of the attribute is; undefined for one that says nothing. */
type Reader = (value: AttributeValue) => string | undefined;

const readersOf = (items: readonly Attributed[]): Map<string, Reader> => {
  const values = new Map<string, Set<AttributeValue>>();
  for (const { attributes } of items) {
    for (const [name, given] of Object.entries(attributes ?? {})) {
      let known = values.get(name);
      if (known === undefined) values.set(name, (known = new Set()));
      for (const value of asList(given)) known.add(value);
    }
  }
  return new Map([...values].flatMap(([name, different]): [string, Reader][] => {
    const numbers = [...different].filter((value): value is number => typeof value === 'number');
    if (numbers.length === different.size && numbers.length > NUMBERS_MAX) return [[name, quartersOf(name, items)]];
    return different.size > VALUES_MAX ? [] : [[name, (value) => `${name} = ${String(value)}`]];
  }));
};

const quartersOf = (name: string, items: readonly Attributed[]): Reader => {
  const sorted = Float64Array.from(items.flatMap(({ attributes }) => asList(attributes?.[name]).map(Number))).sort();
  const low = sorted[Math.floor(sorted.length / 4)] ?? 0;
  const high = sorted[Math.floor((3 * sorted.length) / 4)] ?? 0;
  return (value) => {
    if (Number(value) >= high) return `${name} >= ${high}`;
    return Number(value) < low ? `${name} < ${low}` : undefined;
  };
};

const factsOf = ({ attributes }: Attributed, readers: ReadonlyMap<string, Reader>): Set<string> => {
  const facts = new Set<string>();
  for (const [name, given] of Object.entries(attributes ?? {})) {
    for (const value of asList(given)) {
      const fact = readers.get(name)?.(value);
      if (fact !== undefined) facts.add(fact);
    }
  }
  return facts;
};

const asList = (given: AttributeValue | readonly AttributeValue[] | undefined): readonly AttributeValue[] => {
  if (given === undefined) return [];
  return Array.isArray(given) ? (given as readonly AttributeValue[]) : [given as AttributeValue];
};
