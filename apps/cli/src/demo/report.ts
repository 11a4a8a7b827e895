import Table from 'cli-table3';
import type { GateResult } from '@ratchet/domain';
import { AGRESTI_MIN_DISCORDANCE, holm, pairedContrast } from '@ratchet/stats';
import type { CycleView, Rate } from './topic-view.js';
import { shareOf } from './judge-unseen.js';
import type { UnseenAccuracy } from './judge-unseen.js';
import type { Traffic } from './simulator.js';

export interface WeekReport {
  readonly week: number;
  readonly cycleId: string;
  readonly trigger: string;
  readonly version: string | null;
  readonly baseVersion: string;
  readonly result: 'promoted' | 'rejected' | 'insufficient' | 'rolled_back' | 'training_failed' | 'superseded';
  readonly gates: readonly GateResult[];
  readonly stages: readonly { readonly stage: number; readonly share: number; readonly to: string; readonly reason: string; readonly candidateUnits: number }[];
  readonly failureRate: { readonly before: Rate; readonly after: Rate };
  readonly accuracy: { readonly before: UnseenAccuracy; readonly after: UnseenAccuracy };
  readonly traffic: Traffic;
  readonly seconds: number;
}

export interface DemoReport {
  readonly data: string;
  readonly model: string;
  readonly weeks: readonly WeekReport[];
  readonly promoted: number;
  readonly improved: boolean;
  /** Domains whose unseen accuracy is shown to have ended below 98 % of where it began. */
  readonly domainsBelow98: readonly string[];
  readonly seconds: number;
  readonly conversationsPerSecond: number;
  readonly memoryPeakMb: number | null;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const rateOf = ({ outcomes, failures }: Rate): string => (outcomes === 0 ? '–' : percent(failures / outcomes));
const plain = { head: [], border: [] };

/** The lowest share of its former accuracy that a domain may keep. */
export const DOMAIN_FLOOR = 0.98;

/** Of all domains together, in runs where none lost that much. */
const FALSE_ALARMS = 0.05;

/** By item, whether it was right before and after. */
const pairsOf = (domain: string, before: UnseenAccuracy, after: UnseenAccuracy): { before: number[]; after: number[] } => {
  const [was, is] = [new Set(before.rightItems[domain]), new Set(after.rightItems[domain])];
  const either = [...new Set([...was, ...is])];
  const neither = Array.from({ length: (before.byDomain[domain]?.n ?? 0) - either.length }, () => 0);
  return { before: [...either.map((id) => Number(was.has(id))), ...neither], after: [...either.map((id) => Number(is.has(id))), ...neither] };
};

/** Domains that the same items show to have lost more than the floor allows (paired contrasts, Holm): one item of twenty is no loss that means anything. */
export const domainsBelow = (before: UnseenAccuracy, after: UnseenAccuracy, floor = DOMAIN_FLOOR): string[] => {
  const domains = Object.keys(before.byDomain);
  const adjusted = holm(domains.map((domain) => pairedContrast(pairsOf(domain, before, after), { factor: floor, discordance: AGRESTI_MIN_DISCORDANCE }).pBelow));
  return domains.filter((_, i) => (adjusted[i] ?? 1) < FALSE_ALARMS);
};

export const gateTable = (gates: readonly GateResult[]): string => {
  const table = new Table({ head: ['gate', 'verdict', 'evidence'], style: plain, colWidths: [22, 14, 76], wordWrap: true });
  for (const { name, verdict, required, message } of gates) table.push([name, required ? verdict : `(${verdict})`, message]);
  return table.toString();
};

/** `REJECTED by no_regression: account (0.93 → 0.81)`: the gate and the category that stopped a candidate. */
export const rejectionLine = (version: string, gates: readonly GateResult[]): string => {
  const failed = gates.filter(({ required, verdict }) => required && verdict === 'failed');
  const reasons = failed.map(({ name, message, categories = [] }) => {
    const harmed = categories.filter((category) => category.harmed).map(({ category, old, new: now }) => `category ${category} ${percent(old)} → ${percent(now)}`);
    return `${name}: ${harmed.length > 0 ? harmed.join(', ') : message}`;
  });
  return `REJECTED ${version} by ${reasons.join('; ')}`;
};

export const weekTable = ({ accuracy: { before, after }, failureRate }: WeekReport): string => {
  const table = new Table({ head: ['unseen accuracy', 'n', 'before', 'after', 'change'], style: plain, colAligns: ['left', 'right', 'right', 'right', 'right'] });
  const row = (name: string, old: { right: number; n: number }, now: { right: number; n: number }): void => {
    const change = (shareOf(now) - shareOf(old)) * 100;
    table.push([name, old.n, percent(shareOf(old)), percent(shareOf(now)), `${change >= 0 ? '+' : ''}${change.toFixed(1)}`]);
  };
  for (const [domain, old] of Object.entries(before.byDomain)) row(domain, old, after.byDomain[domain] ?? { right: 0, n: 0 });
  row('all', before.overall, after.overall);
  table.push(['failure rate by signals', failureRate.before.outcomes + failureRate.after.outcomes, rateOf(failureRate.before), rateOf(failureRate.after), '']);
  return table.toString();
};

export const stageLine = ({ stage, share, to, reason, evidence }: CycleView['stages'][number]): string => {
  const { candidate, control } = evidence;
  const success = (units: number, failed: number): string => (units === 0 ? '–' : `${percent(1 - failed / units)} of ${units}`);
  return `  stage ${stage} (${percent(share)}) ${to}: conversations without failure ${success(candidate.units, candidate.failedUnits)} against ${success(control.units, control.failedUnits)}; ${reason}`;
};
