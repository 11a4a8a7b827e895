import { judgeCandidate } from '@ratchet/gates';
import type { CategoryResult, GateConfig, GateName, GateResult, ScoredItem } from '@ratchet/gates';
import type { AnswerRecord } from '../judging/ask-version.js';
import type { SuiteItem } from '../suites/suite-item.js';

/** Chance of a false alarm that each of six questions may have: is either side better, worse in some category, or slower. */
const ALPHA = 0.002;
/** A ratio of p95 latencies of the same version that is shown to be larger than this is no noise of the provider. */
const LATENCY_RATIO_MAX = 1.1;
/** Fewer scored items show nothing. */
const ITEMS_MIN = 50;
const CATEGORIES_NAMED_MAX = 5;

/** `clean`: no difference is shown; `different`: the judge finds one where there is none; `incomplete`: too little could be asked. */
export type AaOutcome = 'clean' | 'different' | 'incomplete';

export interface AaAssessment {
  readonly outcome: AaOutcome;
  /** Items with both scores. */
  readonly scored: number;
  /** Items that the provider gave no answer to, on one side at least: that explains a missing score. */
  readonly faults: number;
  /** What differs; empty unless the outcome is `different`. */
  readonly findings: readonly string[];
  readonly message: string;
}

/** The answers of one side by item. */
export type AaSide = ReadonlyMap<string, AnswerRecord>;

interface AaAnswers {
  readonly items: readonly SuiteItem[];
  readonly first: AaSide;
  readonly second: AaSide;
  readonly gateConfig: GateConfig;
}

const scoredItems = (items: readonly SuiteItem[], side: AaSide): ScoredItem[] =>
  items.map(({ itemId, category }) => {
    const { score = null, latencyMs = null, costUsd = null } = side.get(itemId) ?? {};
    return { id: itemId, suite: 'general', category, score, ...(latencyMs !== null && { latencyMs }), ...(costUsd !== null && { costUsd }) };
  });

/** The same items once more as a target suite, on which a gain is looked for; measurements count once. */
const asTarget = (items: readonly ScoredItem[]): ScoredItem[] => items.map(({ id, score }) => ({ id, suite: 'target', score }));

const categoriesText = (harmed: readonly CategoryResult[]): string => {
  const named = harmed.slice(0, CATEGORIES_NAMED_MAX).map(({ category, difference, halfWidth, n }) => `${category} ${(difference * 100).toFixed(1)} ± ${(halfWidth * 100).toFixed(1)} points (n=${n})`);
  return `${named.join(', ')}${harmed.length > named.length ? ` and ${harmed.length - named.length} more categories` : ''}`;
};

/** What the gates of a judgement say if one side were the incumbent and the other the candidate, asked for any gain or loss at all. */
const differences = (label: string, { incumbent, candidate, gateConfig }: { incumbent: ScoredItem[]; candidate: ScoredItem[]; gateConfig: GateConfig }): string[] => {
  const config = { ...gateConfig, confidence: 1 - ALPHA, categoryFloor: 1, minTargetGain: 0, minAbsoluteGain: 0, autoApprove: true, maxLatencyRatio: LATENCY_RATIO_MAX };
  const { gates } = judgeCandidate({ incumbent: [...incumbent, ...asTarget(incumbent)], candidate: [...candidate, ...asTarget(candidate)], config });
  const gateOf = (name: GateName): GateResult | undefined => gates.find((gate) => gate.name === name);
  const [gain, regression, latency] = [gateOf('target_improvement'), gateOf('no_regression'), gateOf('latency_acceptable')];
  const harmed = regression?.categories?.filter((category) => category.harmed) ?? [];
  return [
    ...(gain?.verdict === 'passed' ? [`${label} scored higher: ${gain.message.replace(/^Target score (.*), asked for .*$/u, 'score $1')}`] : []),
    ...(harmed.length > 0 ? [`${label} scored lower in ${categoriesText(harmed)}`] : []),
    ...(latency?.verdict === 'failed' ? [`${label} was slower: ${latency.message.replace(/, acceptable up to .*$/u, '')}`] : []),
  ];
};

/** A score that is missing although the provider answered is the judge's own doing. */
const unexplained = ({ items, first, second, gateConfig }: AaAnswers): string[] => {
  const sides = [first, second];
  const lost = items.filter(({ itemId }) => sides.some((side) => !side.has(itemId))).length;
  const unscored = items.filter(({ itemId }) => sides.some((side) => side.get(itemId)?.score === null && side.get(itemId)?.fault === null)).length;
  return [
    ...(lost > 0 ? [`${lost} of ${items.length} items have no record of an answer`] : []),
    ...(unscored > gateConfig.maxMissingShare * items.length ? [`${unscored} of ${items.length} items were answered but have no score`] : []),
  ];
};

/**
 * Judges one version's answers against its own second answers to the same items. The gates that judge candidates are asked whether
 * either side lost anything, or is slower: whatever they show is an error of the judge, not of the version.
 */
export const assessAa = (answers: AaAnswers): AaAssessment => {
  const { items, first, second, gateConfig } = answers;
  const hasFault = ({ itemId }: SuiteItem): boolean => [first, second].some((side) => (side.get(itemId)?.fault ?? null) !== null);
  const comparable = items.filter((item) => !hasFault(item));
  const faults = items.length - comparable.length;
  const [one, other] = [scoredItems(comparable, first), scoredItems(comparable, second)];
  const scored = comparable.filter(({ itemId }) => [first, second].every((side) => typeof side.get(itemId)?.score === 'number')).length;
  const findings = [
    ...unexplained({ ...answers, items: comparable }),
    ...differences('the second time, the version', { incumbent: one, candidate: other, gateConfig }),
    ...differences('the first time, the version', { incumbent: other, candidate: one, gateConfig }),
  ];
  const size = `n=${scored}${faults === 0 ? '' : `, ${faults} items without an answer from the provider`}`;
  if (findings.length > 0) return { outcome: 'different', scored, faults, findings, message: `${findings.join('; ')} (${size})` };
  if (scored < ITEMS_MIN) return { outcome: 'incomplete', scored, faults, findings, message: `at least ${ITEMS_MIN} scored items are needed (${size})` };
  if (faults > gateConfig.maxMissingShare * items.length) return { outcome: 'incomplete', scored, faults, findings, message: `too many items have no answer from the provider (${size})` };
  return { outcome: 'clean', scored, faults, findings, message: `no difference is shown (${size})` };
};
