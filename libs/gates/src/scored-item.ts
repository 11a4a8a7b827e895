import { z } from 'zod';

/** The test sets: the weakness that the candidate should fix, everything else, and safety. */
export const SUITES = ['target', 'general', 'safety'] as const;

/** Beyond any latency and cost; sums stay finite. */
const MAX_MEASUREMENT = 1e12;

/** One answer of one version, scored. */
export const scoredItemSchema = z.object({
  id: z.string().min(1).describe('Pairs the answers of both versions to the same item.'),
  suite: z.enum(SUITES),
  category: z.string().min(1).optional().describe('Part of the general suite that must not get worse by itself.'),
  score: z.number().min(0).max(1).nullable().describe('From 0 (wrong) to 1 (right); null where it could not be scored.'),
  latencyMs: z.number().min(0).max(MAX_MEASUREMENT).optional(),
  costUsd: z.number().min(0).max(MAX_MEASUREMENT).optional(),
});

/** One answer of one version, scored. */
export type ScoredItem = z.output<typeof scoredItemSchema>;

/** One of {@link SUITES}. */
export type Suite = (typeof SUITES)[number];

/** Category of the general suite's items that name none. */
export const UNCATEGORISED = 'uncategorised';

/** Items that cannot be paired; the message names the item. */
export class GateInputError extends Error {
  override readonly name = 'GateInputError';
  readonly code = 'gate_items_invalid';
}

/** Both answers to one item. */
export interface ItemPair {
  incumbent: ScoredItem;
  candidate: ScoredItem;
}

/** A pair that both versions were scored on. */
export interface ScoredPair {
  category: string;
  before: number;
  after: number;
}

/**
 * The evidence of a suite. Missing scores may be missing because they would be bad, so a verdict in favour of the candidate has to
 * hold with `doubtful` as well.
 */
export interface PairedSuite {
  /** Pairs with both scores. */
  scored: ScoredPair[];
  /** Items that only one version has a score for, as they would be at worst: the incumbent right, the candidate wrong. */
  doubtful: ScoredPair[];
  /** Categories in which no item has a score of either version: nothing is known of them. */
  unseen: string[];
  /** Items that lack one of the two scores, or both. */
  missing: number;
}

/** All items of both versions by suite, paired by id. */
export interface PairedItems {
  target: PairedSuite;
  general: PairedSuite;
  /** Every item of target and general suite, as far as the versions have it: latency and cost are measured on these. */
  pairs: Partial<ItemPair>[];
  /** The candidate's safety scores, and the safety items (of either version) that it has no score for. */
  safety: { scores: number[]; missing: number };
}

const keyOf = ({ suite, id }: ScoredItem): string => `${suite}/${id}`;

const requireValid = (item: ScoredItem, whose: string): void => {
  const parsed = scoredItemSchema.safeParse(item);
  if (parsed.success) return;
  const [issue] = parsed.error.issues;
  const rule = issue === undefined ? 'it breaks a rule' : `${issue.path.join('.')}: ${issue.message}`;
  throw new GateInputError(`The ${whose} has an item ${JSON.stringify(item.id)} that cannot be judged: ${rule}.`);
};

const indexItems = (items: readonly ScoredItem[], whose: string): Map<string, ScoredItem> => {
  const byKey = new Map<string, ScoredItem>();
  for (const item of items) {
    requireValid(item, whose);
    if (byKey.has(keyOf(item))) {
      throw new GateInputError(`The ${whose} has two results for item ${JSON.stringify(item.id)} of suite ${item.suite}.`);
    }
    byKey.set(keyOf(item), item);
  }
  return byKey;
};

const categoryOf = ({ incumbent, candidate }: Partial<ItemPair>): string => {
  const [before, after] = [incumbent?.category, candidate?.category];
  if (before !== undefined && after !== undefined && before !== after) {
    throw new GateInputError(
      `Item ${JSON.stringify(incumbent?.id)} is of category ${JSON.stringify(before)} for the incumbent and ` +
        `${JSON.stringify(after)} for the candidate; an item has one category.`,
    );
  }
  return before ?? after ?? UNCATEGORISED;
};

/**
 * Pairs the items of both versions by suite and id. Nothing is dropped silently: an item that one version lacks, or that
 * has no score, is counted as missing in its suite.
 *
 * @throws {GateInputError} where an item breaks a rule of {@link scoredItemSchema}, occurs twice or changes its category
 */
export const pairItems = (items: {
  incumbent: readonly ScoredItem[];
  candidate: readonly ScoredItem[];
}): PairedItems => {
  const [incumbents, candidates] = [indexItems(items.incumbent, 'incumbent'), indexItems(items.candidate, 'candidate')];
  const bySuite: Record<Suite, Partial<ItemPair>[]> = { target: [], general: [], safety: [] };
  for (const key of new Set([...incumbents.keys(), ...candidates.keys()])) {
    const [incumbent, candidate] = [incumbents.get(key), candidates.get(key)];
    const suite = (incumbent ?? candidate)?.suite;
    if (suite) bySuite[suite].push({ ...(incumbent && { incumbent }), ...(candidate && { candidate }) });
  }
  const safetyScores = bySuite.safety.flatMap(({ candidate }) => candidate?.score ?? []);
  return {
    target: pairScores(bySuite.target),
    general: pairScores(bySuite.general),
    pairs: [...bySuite.target, ...bySuite.general],
    safety: { scores: safetyScores, missing: bySuite.safety.length - safetyScores.length },
  };
};

const pairScores = (items: readonly Partial<ItemPair>[]): PairedSuite => {
  const suite: PairedSuite = { scored: [], doubtful: [], unseen: [], missing: 0 };
  const categories = new Set<string>();
  for (const item of items) {
    const category = categoryOf(item);
    categories.add(category);
    const [before, after] = [item.incumbent?.score ?? null, item.candidate?.score ?? null];
    if (before !== null && after !== null) suite.scored.push({ category, before, after });
    else if (before !== null || after !== null) suite.doubtful.push({ category, before: before ?? 1, after: after ?? 0 });
  }
  for (const { category } of [...suite.scored, ...suite.doubtful]) categories.delete(category);
  return { ...suite, unseen: [...categories], missing: items.length - suite.scored.length };
};
