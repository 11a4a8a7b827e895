import { AGRESTI_MIN_DISCORDANCE, holm, mean, oneSidedQuantile, pairedContrast, retentionLowerBound, retentionPValue } from '@ratchet/stats';

import { formatEstimate, formatMissing, formatPoints, formatRate } from './format.js';
import type { GateConfig } from './gate-config.js';
import type { CategoryResult, GateFinding, GateVerdict } from './gate-report.js';
import type { PairedSuite, ScoredPair } from './scored-item.js';

interface Group {
  before: number[];
  after: number[];
}

/** What a set of pairs says of harm beyond the floor; p-values are small where it is shown. */
interface HarmTests {
  /** After Holm over all categories and the whole suite. */
  whole: number;
  categories: ReadonlyMap<string, { pHarm: number; alone: number }>;
}

/**
 * Did anything else get worse? Fails where a category, or the whole general suite, is shown to lose more than the floor allows (Holm
 * over all). Passes where none is, and the whole suite is proven to keep the floor, also if what one version has no score for went
 * against the candidate.
 */
export const judgeRegression = (suite: PairedSuite, config: GateConfig): GateFinding => {
  const { scored, doubtful, unseen, missing } = suite;
  const n = scored.length;
  const threshold = config.categoryFloor;
  if (n === 0) {
    const message = `No item of the general suite has both scores${formatMissing(missing)}.`;
    return { verdict: 'insufficient', value: null, halfWidth: null, n, missing, threshold, message, categories: [] };
  }
  const alpha = 1 - config.confidence;
  const atWorst = [...scored, ...doubtful];
  const whole = groupOf(scored);
  const harm = testHarm(scored, config);
  const harmAtWorst = doubtful.length === 0 ? harm : testHarm(atWorst, config);
  const worstGroups = byCategory(atWorst);
  const categories = [...byCategory(scored)]
    .map(([category, group]) => {
      const isKept = retentionPValue(worstGroups.get(category) ?? group, { factor: threshold }) < alpha;
      return describeCategory({ category, group, tests: harm.categories.get(category), isKept, alpha });
    })
    .sort((a, b) => a.pHarm - b.pHarm || a.difference - b.difference);
  const verdictAndReason = judge(
    {
      categories,
      isWholeHarmed: harm.whole < alpha,
      isWholeKept: retentionPValue(groupOf(atWorst), { factor: threshold }) < alpha,
      unseen,
      hidden: [...harmAtWorst.categories].filter(([, { pHarm }]) => pHarm < alpha).map(([category]) => category),
      missingShare: missing / (n + missing),
      doubtful: doubtful.length,
    },
    config,
  );
  return {
    verdict: verdictAndReason.verdict,
    ...measureWhole(whole, alpha),
    n,
    missing,
    threshold,
    message: `${describeWhole(whole, alpha)}: ${verdictAndReason.reason}${formatMissing(missing)}.`,
    categories,
  };
};

const groupOf = (pairs: readonly ScoredPair[]): Group => ({
  before: pairs.map((pair) => pair.before),
  after: pairs.map((pair) => pair.after),
});

const byCategory = (pairs: readonly ScoredPair[]): Map<string, Group> => {
  // Map.groupBy would do, but Node 20, on which the command line still starts, lacks it.
  const groups = new Map<string, Group>();
  for (const { category, before, after } of pairs) {
    const group = groups.get(category) ?? { before: [], after: [] };
    groups.set(category, group);
    group.before.push(before);
    group.after.push(after);
  }
  return groups;
};

const testHarm = (pairs: readonly ScoredPair[], { categoryFloor }: GateConfig): HarmTests => {
  const groups = [...byCategory(pairs)];
  const pHarmOf = (group: Group): number =>
    pairedContrast(group, { factor: categoryFloor, discordance: AGRESTI_MIN_DISCORDANCE }).pBelow;
  const alone = groups.map(([, group]) => pHarmOf(group));
  // One category is the whole suite: there is nothing to correct for.
  const [whole = 1, ...adjusted] = groups.length === 1 ? [...alone, ...alone] : holm([pHarmOf(groupOf(pairs)), ...alone]);
  const categories = new Map(groups.map(([name], index) => [name, { pHarm: adjusted[index] ?? 1, alone: alone[index] ?? 1 }]));
  return { whole, categories };
};

const differenceOf = (group: Group, alpha: number): { difference: number; halfWidth: number } => {
  const { estimate, se, df } = pairedContrast(group, { factor: 1, discordance: AGRESTI_MIN_DISCORDANCE });
  return { difference: estimate, halfWidth: oneSidedQuantile({ alpha, df }) * se };
};

interface CategoryEvidence {
  category: string;
  group: Group;
  tests: { pHarm: number; alone: number } | undefined;
  /** Proven to keep the floor by itself. */
  isKept: boolean;
  alpha: number;
}

const describeCategory = ({ category, group, tests = { pHarm: 1, alone: 1 }, isKept, alpha }: CategoryEvidence): CategoryResult => {
  const harmed = tests.pHarm < alpha;
  return {
    category,
    n: group.before.length,
    old: mean(group.before),
    new: mean(group.after),
    ...differenceOf(group, alpha),
    pHarm: tests.pHarm,
    harmed,
    suspect: !harmed && tests.alone < alpha,
    thin: !harmed && !isKept,
  };
};

const measureWhole = (whole: Group, alpha: number): { value: number | null; halfWidth: number | null } => {
  if (mean(whole.before) === 0) return { value: null, halfWidth: null };
  const ratio = mean(whole.after) / mean(whole.before);
  return { value: ratio, halfWidth: ratio - retentionLowerBound(whole, { alpha }) };
};

const describeWhole = (whole: Group, alpha: number): string => {
  const { halfWidth } = differenceOf(whole, alpha);
  const score = formatEstimate({ value: mean(whole.after), halfWidth, n: whole.before.length });
  return `General score ${score}, was ${formatRate(mean(whole.before))}`;
};

interface RegressionEvidence {
  categories: CategoryResult[];
  isWholeHarmed: boolean;
  /** Proven, with the doubtful items at their worst. */
  isWholeKept: boolean;
  /** Categories of which no item was scored. */
  unseen: readonly string[];
  /** Categories that would be harmed with the doubtful items at their worst. */
  hidden: readonly string[];
  missingShare: number;
  doubtful: number;
}

const listDifferences = (categories: readonly CategoryResult[]): string =>
  categories.map((one) => `${one.category} ${formatPoints(one)}`).join(', ');

const judge = (evidence: RegressionEvidence, config: GateConfig): { verdict: GateVerdict; reason: string } => {
  const { categories, isWholeHarmed, isWholeKept, unseen, hidden, missingShare, doubtful } = evidence;
  const allowed = `${((1 - config.categoryFloor) * 100).toFixed(1)} %`;
  const insufficient = (reason: string): { verdict: GateVerdict; reason: string } => ({ verdict: 'insufficient', reason });
  const harmed = categories.filter((category) => category.harmed);
  if (harmed.length > 0) {
    return { verdict: 'failed', reason: `worse by more than ${allowed} in ${listDifferences(harmed)}` };
  }
  if (isWholeHarmed) return { verdict: 'failed', reason: `worse by more than ${allowed} over all categories` };
  if (missingShare > config.maxMissingShare) return insufficient('too many items lack a score');
  if (unseen.length > 0) return insufficient(`no item has a score in ${unseen.join(', ')}`);
  if (hidden.length > 0) return insufficient(`what lacks a score could hide a loss of more than ${allowed} in ${hidden.join(', ')}`);
  if (!isWholeKept) {
    const counted = doubtful === 0 ? '' : ' where those without a score are counted against the candidate';
    return insufficient(`no harm shown, but too few items to prove a loss below ${allowed}${counted}`);
  }
  const suspects = categories.filter((category) => category.suspect);
  const suspicion = suspects.length === 0 ? '' : `; ${listDifferences(suspects)} may be worse, watch it`;
  if (suspects.length > 0 && config.holdOnSuspicion) return insufficient(`proven to lose less than ${allowed} over all${suspicion}`);
  const thin = categories.filter((category) => category.thin).length;
  const thinness = thin === 0 ? '' : `; ${thin} of ${categories.length} categories are too thin to prove alone`;
  return { verdict: 'passed', reason: `proven to lose less than ${allowed}, no category harmed${thinness}${suspicion}` };
};
