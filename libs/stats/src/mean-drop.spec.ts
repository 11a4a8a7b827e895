import { describe, expect, it } from '@jest/globals';
import { addDropEvidence, betOnDrop, dropThreshold, evidenceRate, scoresToAlarm } from './mean-drop.js';
import type { KnownScores } from './mean-drop.js';
import { seededRandom } from './seeded-random.js';

const DROP = 0.1;

/** Scores until the threshold is crossed. */
const runLengthOf = ({ draw, known, threshold, weightOf = () => 1 }: { draw: () => number; known: KnownScores; threshold: number; weightOf?: (score: number) => number }): number => {
  const bet = betOnDrop(known, DROP);
  let evidence = 0;
  for (let n = 1; n < 1_000_000; n += 1) {
    const score = draw();
    evidence = addDropEvidence({ evidence, score, known, bet, weight: weightOf(score) });
    if (evidence >= threshold) return n;
  }
  return 1_000_000;
};

const meanOf = (runs: number, one: () => number): number => Array.from({ length: runs }, one).reduce((sum, value) => sum + value, 0) / runs;

describe('the CUSUM of bets', () => {
  const random = seededRandom(11);
  const shapes: readonly (readonly [string, KnownScores, (shift: number) => () => number])[] = [
    ['yes or no', { mean: 0.9, variance: 0.09 }, (shift) => () => (random() < 0.9 - shift ? 1 : 0)],
    ['evenly spread', { mean: 0.7, variance: 0.03 }, (shift) => () => 0.4 + 0.6 * random() - shift],
    ['three steps', { mean: 0.85, variance: 0.0525 }, (shift) => () => (random() < 0.7 - shift * 2 ? 1 : 0.5)],
  ];

  it.each(shapes)('keeps false alarms apart as far as it says: %s', (_, known, drawWith) => {
    const threshold = dropThreshold({ runLength: 2_000, rate: evidenceRate(known, DROP) });
    expect(meanOf(120, () => runLengthOf({ draw: drawWith(0), known, threshold }))).toBeGreaterThan(2_000);
  });

  it.each(shapes)('finds the drop about when it says: %s', (_, known, drawWith) => {
    const rate = evidenceRate(known, DROP);
    const found = meanOf(300, () => runLengthOf({ draw: drawWith(DROP), known, threshold: dropThreshold({ runLength: 2_000, rate }) }));
    expect(found).toBeLessThan(1.4 * scoresToAlarm({ runLength: 2_000, known, drop: DROP }));
  });

  it('is no better than the bound: e^h scores at least before a false alarm, whatever the bet', () => {
    const known = { mean: 0.9, variance: 0.09 };
    const draw = (): number => (random() < 0.9 ? 1 : 0);
    expect(meanOf(120, () => runLengthOf({ draw, known, threshold: Math.log(200) }))).toBeGreaterThan(200);
  });

  it('stays fair where one half of the traffic is drawn more often, given its weights, and is fooled without them', () => {
    // Half of the traffic scores 0.9, half 0.5; the bad half is drawn four times as often.
    const known = { mean: 0.7, variance: 0.04 };
    const draw = (): number => (random() < 0.8 ? 0.5 : 0.9);
    const threshold = Math.log(1_000);
    expect(meanOf(20, () => runLengthOf({ draw, known, threshold }))).toBeLessThan(200);
    expect(meanOf(20, () => runLengthOf({ draw, known, threshold, weightOf: (score) => (score === 0.5 ? 0.25 : 1) }))).toBeGreaterThan(1_000);
  });

  it('does not stake everything on one score', () => {
    expect(addDropEvidence({ evidence: 5, score: 1, known: { mean: 0, variance: 0 }, bet: betOnDrop({ mean: 0, variance: 0 }, DROP) })).toBeGreaterThan(0);
    expect(betOnDrop({ mean: 1, variance: 0 }, DROP)).toBeGreaterThan(0);
  });
});
