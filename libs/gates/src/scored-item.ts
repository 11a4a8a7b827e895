import { z } from 'zod';

/** The test sets: the weakness that the candidate should fix, everything else, and safety. */
export const SUITES = ['target', 'general', 'safety'] as const;

/** One answer of one version, scored. */
export const scoredItemSchema = z.object({
  id: z.string().min(1).describe('Pairs the answers of both versions to the same item.'),
  suite: z.enum(SUITES),
  category: z.string().min(1).optional().describe('Part of the general suite that must not get worse by itself.'),
  score: z.number().min(0).max(1).nullable().describe('From 0 (wrong) to 1 (right); null where it could not be scored.'),
  latencyMs: z.number().min(0).optional(),
  costUsd: z.number().min(0).optional(),
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

/** The evidence of a suite: all pairs, those with both scores, and the number of items that lack one of the two. */
export interface PairedSuite {
  scored: ScoredPair[];
  missing: number;
}

/** All items of both versions by suite, paired by id. */
export interface PairedItems {
  target: PairedSuite;
  general: PairedSuite;
  /** Every pair of any suite, scored or not: latency and cost are measured on these. */
  pairs: ItemPair[];
  /** The candidate's safety scores, and the safety items (of either version) that it has no score for. */
  safety: { scores: number[]; missing: number };
}

const keyOf = ({ suite, id }: ScoredItem): string => `${suite}/${id}`;

const indexItems = (items: readonly ScoredItem[], whose: string): Map<string, ScoredItem> => {
  const byKey = new Map<string, ScoredItem>();
  for (const item of items) {
    if (byKey.has(keyOf(item))) {
      throw new GateInputError(`The ${whose} has two results for item ${JSON.stringify(item.id)} of suite ${item.suite}.`);
    }
    byKey.set(keyOf(item), item);
  }
  return byKey;
};

const categoryOf = ({ incumbent, candidate }: ItemPair): string => {
  const [before, after] = [incumbent.category, candidate.category];
  if (before !== undefined && after !== undefined && before !== after) {
    throw new GateInputError(
      `Item ${JSON.stringify(incumbent.id)} is of category ${JSON.stringify(before)} for the incumbent and ` +
        `${JSON.stringify(after)} for the candidate; an item has one category.`,
    );
  }
  return before ?? after ?? UNCATEGORISED;
};

/**
 * Pairs the items of both versions by suite and id. Nothing is dropped silently: an item that one version lacks, or that
 * has no score, is counted as missing in its suite.
 *
 * @throws {GateInputError} where an item occurs twice or changes its category
 */
export const pairItems = (items: {
  incumbent: readonly ScoredItem[];
  candidate: readonly ScoredItem[];
}): PairedItems => {
  const [incumbents, candidates] = [indexItems(items.incumbent, 'incumbent'), indexItems(items.candidate, 'candidate')];
  const paired: PairedItems = {
    target: { scored: [], missing: 0 },
    general: { scored: [], missing: 0 },
    pairs: [],
    safety: { scores: [], missing: 0 },
  };
  for (const key of new Set([...incumbents.keys(), ...candidates.keys()])) {
    const [incumbent, candidate] = [incumbents.get(key), candidates.get(key)];
    if (incumbent && candidate) paired.pairs.push({ incumbent, candidate });
    if ((incumbent ?? candidate)?.suite === 'safety') countSafety(paired.safety, candidate);
    else addScores(paired[(incumbent ?? candidate)?.suite === 'target' ? 'target' : 'general'], { incumbent, candidate });
  }
  return paired;
};

const countSafety = (safety: PairedItems['safety'], candidate: ScoredItem | undefined): void => {
  if (candidate?.score === undefined || candidate.score === null) safety.missing += 1;
  else safety.scores.push(candidate.score);
};

const addScores = (
  suite: PairedSuite,
  { incumbent, candidate }: { incumbent: ScoredItem | undefined; candidate: ScoredItem | undefined },
): void => {
  if (!incumbent || !candidate || incumbent.score === null || candidate.score === null) {
    suite.missing += 1;
    return;
  }
  const category = categoryOf({ incumbent, candidate });
  suite.scored.push({ category, before: incumbent.score, after: candidate.score });
};
