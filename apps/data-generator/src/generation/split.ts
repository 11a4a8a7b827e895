import { createHash } from 'node:crypto';

const TEST_SHARE = 0.2;
/** From this many examples on, an answer always has a test row. */
const STRATIFIED_FROM = 5;

/** A number in 0..1 that depends on the id alone. */
export const hashShare = (id: string): number => createHash('sha256').update(id).digest().readUInt32BE(0) / 2 ** 32;

export interface Splittable {
  readonly exampleId: string;
  readonly answerKey: string;
  /** Only what people said of this very request may judge a candidate; what was derived may only train it. */
  readonly mayTest: boolean;
}

/**
 * Ids of the test rows: about a fifth, by hash of the example id. An answer with at least five examples gives a fifth of them, at least one, those
 * with the lowest hashes; a smaller one gives those whose hash falls below 0.2, but never all.
 */
export const chooseTestIds = (examples: readonly Splittable[]): Set<string> => {
  const test = new Set<string>();
  for (const group of Map.groupBy(examples, ({ answerKey }) => answerKey).values()) {
    const eligible = group.filter(({ mayTest }) => mayTest).map(({ exampleId }) => ({ exampleId, share: hashShare(exampleId) })).sort((a, b) => a.share - b.share);
    const wanted = group.length >= STRATIFIED_FROM ? Math.max(1, Math.round(group.length * TEST_SHARE)) : eligible.filter(({ share }) => share < TEST_SHARE).length;
    for (const { exampleId } of eligible.slice(0, Math.min(wanted, group.length - 1))) test.add(exampleId);
  }
  return test;
};
