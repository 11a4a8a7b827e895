import { gateConfigSchema } from '@ratchet/gates';
import { seededRandom } from '@ratchet/stats';
import type { AnswerRecord } from '../../judging/ask-version.js';
import type { SuiteItem } from '../../suites/suite-item.js';
import { assessAa } from '../assess-aa.js';
import type { AaAssessment, AaOutcome, AaSide } from '../assess-aa.js';

/** A version and a judge of which the truth is known. */
export interface AaTruth {
  readonly items: number;
  readonly categories: number;
  /** Share of items whose score is another the second time, as with a provider that samples its answers. */
  readonly flips: number;
  /** What the judge takes from the score of the second answers, in points of the score: its error. */
  readonly bias: number;
  /** How many times as long the second answers take; null leaves latencies out, whose bootstrap takes most of the time. */
  readonly slowdown: number | null;
  /** Share of answers that the provider does not give. */
  readonly faults: number;
}

export const SOUND: AaTruth = { items: 1_000, categories: 10, flips: 0.1, bias: 0, slowdown: 1, faults: 0 };

const RIGHT = 0.85;
const gateConfig = gateConfigSchema.parse({});

const itemsOf = ({ items, categories }: AaTruth): SuiteItem[] =>
  Array.from({ length: items }, (_, n) => ({ itemId: `i${n}`, suite: 'general', category: `c${n % categories}`, prompt: `question ${n}`, expectation: { rule: 'not_refused' } }));

const record = (itemId: string, { score, latencyMs, isFault }: { score: number; latencyMs: number | null; isFault: boolean }): AnswerRecord =>
  isFault ? { versionId: 'v', itemId, score: null, latencyMs: null, costUsd: null, fault: 'connection', reasons: [] } : { versionId: 'v', itemId, score, latencyMs, costUsd: null, fault: null, reasons: [] };

/** One check of a version against itself. */
export const simulateAa = (random: () => number, truth: AaTruth): AaAssessment => {
  const items = itemsOf(truth);
  const [first, second] = [new Map<string, AnswerRecord>(), new Map<string, AnswerRecord>()];
  for (const { itemId } of items) {
    const isRight = random() < RIGHT;
    const hasFlipped = random() < (isRight ? truth.flips / 2 / RIGHT : truth.flips / 2 / (1 - RIGHT));
    const again = isRight !== hasFlipped;
    const isMisjudged = again && random() < truth.bias / RIGHT;
    const questionMs = 400 * Math.exp(random());
    const latencyOf = (factor: number | null): number | null => (factor === null ? null : questionMs * factor * Math.exp(0.3 * random()));
    first.set(itemId, record(itemId, { score: isRight ? 1 : 0, latencyMs: latencyOf(truth.slowdown === null ? null : 1), isFault: random() < truth.faults }));
    second.set(itemId, record(itemId, { score: again && !isMisjudged ? 1 : 0, latencyMs: latencyOf(truth.slowdown), isFault: random() < truth.faults }));
  }
  const sides: { first: AaSide; second: AaSide } = { first, second };
  return assessAa({ items, ...sides, gateConfig });
};

/** Shares of the outcomes over many checks; the same seed gives the same shares. */
export const aaShares = ({ runs, seed }: { runs: number; seed: number }, truth: AaTruth): Record<AaOutcome, number> => {
  const random = seededRandom(seed);
  const shares: Record<AaOutcome, number> = { clean: 0, different: 0, incomplete: 0 };
  for (let run = 0; run < runs; run += 1) shares[simulateAa(random, truth).outcome] += 1 / runs;
  return shares;
};
