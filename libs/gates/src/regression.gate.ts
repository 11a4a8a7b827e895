import {
  AGRESTI_MIN_DISCORDANCE,
  exactBoundDiscordance,
  holm,
  mean,
  oneSidedQuantile,
  pairedContrast,
  pairedMeanRatio,
} from '@ratchet/stats';

import { formatEstimate, formatMissing, formatPoints, formatRate } from './format.js';
import type { GateConfig } from './gate-config.js';
import type { CategoryResult, GateFinding, GateVerdict } from './gate-report.js';
import type { PairedSuite, ScoredPair } from './scored-item.js';

interface Group {
  name: string;
  before: number[];
  after: number[];
}

interface GroupTests {
  /** p-value of harm beyond the floor; small means harmed. */
  pHarm: number;
  /** p-value against non-inferiority; small means proven to keep the floor. */
  pKept: number;
}

/**
 * Did anything else get worse? Passes only if no category is shown to lose more than the floor allows (Holm over all
 * categories and the whole suite) and the whole general suite is proven to keep it.
 */
export const judgeRegression = ({ scored, missing }: PairedSuite, config: GateConfig): GateFinding => {
  const n = scored.length;
  if (n === 0) {
    const message = `No item of the general suite has both scores${formatMissing(missing)}.`;
    const threshold = config.categoryFloor;
    return { verdict: 'insufficient', value: null, halfWidth: null, n, missing, threshold, message, categories: [] };
  }
  const alpha = 1 - config.confidence;
  const whole = groupOf('', scored);
  const groups = byCategory(scored);
  const wholeTests = testGroup(whole, config);
  const tests = groups.map((group) => testGroup(group, config));
  const adjusted = holm([wholeTests.pHarm, ...tests.map(({ pHarm }) => pHarm)]);
  const untested = { pHarm: 1, pKept: 1 };
  const categories = groups
    .map((group, index) =>
      describeCategory({ group, tests: tests[index] ?? untested, pHarm: adjusted[index + 1] ?? 1, alpha }),
    )
    .sort((a, b) => a.pHarm - b.pHarm || a.difference - b.difference);
  const evidence = { categories, wholeHarm: adjusted[0] ?? 1, wholeKept: wholeTests.pKept, n, missing };
  const { verdict, reason } = judge(evidence, config);
  const { value, halfWidth } = measureWhole(whole, config);
  return {
    verdict,
    value,
    halfWidth,
    n,
    missing,
    threshold: config.categoryFloor,
    message: `${describeWhole(whole, alpha)}: ${reason}${formatMissing(missing)}.`,
    categories,
  };
};

const groupOf = (name: string, pairs: readonly ScoredPair[]): Group => ({
  name,
  before: pairs.map((pair) => pair.before),
  after: pairs.map((pair) => pair.after),
});

const byCategory = (pairs: readonly ScoredPair[]): Group[] => {
  // Map.groupBy would do, but Node 20, on which the command line still starts, lacks it.
  const members = new Map<string, ScoredPair[]>();
  for (const pair of pairs) {
    const known = members.get(pair.category);
    if (known) known.push(pair);
    else members.set(pair.category, [pair]);
  }
  return [...members].map(([name, group]) => groupOf(name, group));
};

const testGroup = (group: Group, config: GateConfig): GroupTests => {
  const factor = config.categoryFloor;
  const harm = pairedContrast(group, { factor, discordance: AGRESTI_MIN_DISCORDANCE });
  // A proof that rests on nothing having changed needs as many items as the exact binomial bound asks for.
  const kept = pairedContrast(group, { factor, discordance: exactBoundDiscordance(1 - config.confidence) });
  return { pHarm: harm.pBelow, pKept: kept.pAbove };
};

const differenceOf = (group: Group, alpha: number): { difference: number; halfWidth: number } => {
  const { estimate, se, df } = pairedContrast(group, { factor: 1, discordance: AGRESTI_MIN_DISCORDANCE });
  return { difference: estimate, halfWidth: oneSidedQuantile({ alpha, df }) * se };
};

interface CategoryEvidence {
  group: Group;
  tests: GroupTests;
  /** The p-value of harm after Holm. */
  pHarm: number;
  alpha: number;
}

const describeCategory = ({ group, tests, pHarm, alpha }: CategoryEvidence): CategoryResult => {
  const harmed = pHarm < alpha;
  return {
    category: group.name,
    n: group.before.length,
    old: mean(group.before),
    new: mean(group.after),
    ...differenceOf(group, alpha),
    pHarm,
    harmed,
    suspect: !harmed && tests.pHarm < alpha,
    thin: !harmed && !(tests.pKept < alpha),
  };
};

const measureWhole = (whole: Group, config: GateConfig): { value: number | null; halfWidth: number | null } => {
  if (mean(whole.before) === 0) return { value: null, halfWidth: null };
  const alpha = 1 - config.confidence;
  const { ratio, halfWidth } = pairedMeanRatio(whole, { alpha, discordance: AGRESTI_MIN_DISCORDANCE });
  return { value: ratio, halfWidth };
};

const describeWhole = (whole: Group, alpha: number): string => {
  const { halfWidth } = differenceOf(whole, alpha);
  const score = formatEstimate({ value: mean(whole.after), halfWidth, n: whole.before.length });
  return `General score ${score}, was ${formatRate(mean(whole.before))}`;
};

interface RegressionEvidence {
  categories: CategoryResult[];
  wholeHarm: number;
  wholeKept: number;
  n: number;
  missing: number;
}

const listDifferences = (categories: readonly CategoryResult[]): string =>
  categories.map(({ category, difference, n }) => `${category} (${formatPoints(difference)}, n=${n})`).join(', ');

const judge = (evidence: RegressionEvidence, config: GateConfig): { verdict: GateVerdict; reason: string } => {
  const { categories, wholeHarm, wholeKept, n, missing } = evidence;
  const alpha = 1 - config.confidence;
  const allowed = `${((1 - config.categoryFloor) * 100).toFixed(1)} %`;
  const harmed = categories.filter((category) => category.harmed);
  if (harmed.length > 0) {
    return { verdict: 'failed', reason: `worse by more than ${allowed} in ${listDifferences(harmed)}` };
  }
  if (wholeHarm < alpha) return { verdict: 'failed', reason: `worse by more than ${allowed} over all categories` };
  if (missing / (n + missing) > config.maxMissingShare) {
    return { verdict: 'insufficient', reason: 'too many items lack a score' };
  }
  if (!(wholeKept < alpha)) {
    return { verdict: 'insufficient', reason: `no harm shown, but too few items to prove a loss below ${allowed}` };
  }
  const suspects = categories.filter((category) => category.suspect);
  const suspicion = suspects.length === 0 ? '' : `; ${listDifferences(suspects)} may be worse, watch it`;
  if (suspects.length > 0 && config.holdOnSuspicion) {
    return { verdict: 'insufficient', reason: `proven to lose less than ${allowed} over all${suspicion}` };
  }
  const thin = categories.filter((category) => category.thin).length;
  const thinness = thin === 0 ? '' : `; ${thin} of ${categories.length} categories are too thin to prove alone`;
  return { verdict: 'passed', reason: `proven to lose less than ${allowed}, no category harmed${thinness}${suspicion}` };
};
