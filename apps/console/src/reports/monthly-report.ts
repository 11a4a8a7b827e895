import type { Section, Span } from '@ratchet/console-api';
import { spendingSection } from './daily-report.js';
import type { AuditSpan, CycleFact, DayFact, DecisionFact, ErasureFact, OpportunityFact, SpendingFact } from './report-rows.js';
import { isoOf, linkTo, rounded, section } from './section.js';
import { cyclesSection, opportunitiesSection, overridesSection, reviewSection, type WeeklyRows } from './weekly-report.js';

export interface MonthlyRows extends WeeklyRows {
  readonly days: readonly Omit<DayFact, 'day' | 'version'>[];
  readonly promotions: readonly DecisionFact[];
  readonly spending: readonly SpendingFact[];
  readonly access: readonly DecisionFact[];
  readonly erasures: readonly ErasureFact[];
  readonly audit: AuditSpan;
  readonly unsigned: readonly { readonly kind: string; readonly period: string }[];
  readonly opportunities: readonly OpportunityFact[];
}

const countBy = <T>(rows: readonly T[], keyOf: (row: T) => string): [string, number][] => {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(keyOf(row), (counts.get(keyOf(row)) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const volumes = ({ days, opportunities, cycles, reviews, promotions }: MonthlyRows, { from, to }: Span): [string, number][] => [
  ['Interactions', sum(days.map(({ requests }) => requests))],
  ['Outcomes', sum(days.map(({ outcomes }) => outcomes))],
  ['Failures', sum(days.map(({ failures }) => failures))],
  ['Opportunities opened', opportunities.filter(({ openedAt }) => openedAt.getTime() >= from && openedAt.getTime() < to).length],
  ['Decisions of reviewers', sum(reviews.map(({ items }) => items))],
  ['Cycles', cycles.length],
  ['Examples in cycles', sum(cycles.map(({ facts }) => facts.started.exampleCount))],
  ['Candidates judged', cycles.filter(({ facts }) => facts.judged).length],
  ['Promotions', promotions.filter(({ kind }) => kind === 'promotion').length],
  ['Rollbacks', promotions.filter(({ kind }) => kind === 'rollback').length],
];

const gateRows = (cycles: readonly CycleFact[]): { gate: string; verdict: string; count: number }[] =>
  countBy(cycles.flatMap(({ facts }) => facts.judged?.gates ?? []), ({ name, verdict }) => `${name}\n${verdict}`).map(([key, count]) => {
    const [gate = '', verdict = ''] = key.split('\n');
    return { gate, verdict, count };
  });

/** Categories in which a candidate was worse than its base, beyond chance. */
const harmed = (cycles: readonly CycleFact[]) =>
  cycles.flatMap((cycle) => (cycle.facts.judged?.gates ?? []).flatMap(({ categories = [] }) => categories.filter((category) => category.harmed).map((category) => ({ cycle, ...category }))));

const forgettingSection = (cycles: readonly CycleFact[]): Section =>
  section({
    id: 'forgetting', title: 'Forgetting: categories that a candidate harmed', rows: harmed(cycles),
    columns: [
      ['Cycle', 'text', (h) => linkTo(h.cycle.cycleId, 'cycles', h.cycle.cycleId)], ['Candidate', 'text', (h) => h.cycle.version], ['Category', 'text', (h) => h.category], ['Items', 'number', (h) => h.n],
      ['Before', 'number', (h) => rounded(h.old)], ['After', 'number', (h) => rounded(h.new)], ['Difference', 'number', (h) => rounded(h.difference)], ['±', 'number', (h) => (h.halfWidth === null ? null : rounded(h.halfWidth))], ['Cycle ended as', 'text', (h) => h.cycle.state],
    ],
  });

const auditSection = ({ records, firstSequence, lastSequence, head, brokenLinks }: AuditSpan): Section =>
  section({
    id: 'audit', title: 'Audit chain', rows: records === 0 ? [] : [0],
    notes: [records === 0 ? 'No record was appended.' : brokenLinks === 0 ? 'Each record of the month follows the one before it.' : `${brokenLinks} records do not follow the one before them.`, 'ratchet audit verify checks the whole chain.'],
    columns: [['Records', 'number', () => records], ['First', 'number', () => firstSequence], ['Last', 'number', () => lastSequence], ['Head', 'text', () => (head === null ? null : linkTo(head, 'audit'))]],
  });

const decisionsSection = (id: string, title: string, rows: readonly DecisionFact[]): Section => ({ ...overridesSection(rows), id, title });

export const monthlySections = (rows: MonthlyRows, span: Span): Section[] => [
  section({ id: 'volumes', title: 'Volumes of each step', rows: volumes(rows, span), columns: [['Step', 'text', ([step]) => step], ['Number', 'number', ([, count]) => count]] }),
  section({ id: 'outcomes', title: 'Cycles by outcome', rows: countBy(rows.cycles, ({ state }) => state), columns: [['Outcome', 'text', ([state]) => state], ['Cycles', 'number', ([, count]) => count]] }),
  cyclesSection(rows.cycles),
  decisionsSection('promotions', 'Promotions and rollbacks', rows.promotions),
  section({ id: 'gates', title: 'Verdicts of gates', rows: gateRows(rows.cycles), columns: [['Gate', 'text', (g) => g.gate], ['Verdict', 'text', (g) => g.verdict], ['Candidates', 'number', (g) => g.count]] }),
  forgettingSection(rows.cycles),
  overridesSection(rows.overrides),
  opportunitiesSection(rows.opportunities, span),
  reviewSection(rows.reviews, rows.agreement),
  spendingSection(rows.spending),
  decisionsSection('access', 'Changes of access', rows.access),
  auditSection(rows.audit),
  section({
    id: 'erasures', title: 'Erasures', rows: rows.erasures,
    columns: [['Completed', 'when', (e) => isoOf(e.completedAt)], ['Model', 'text', (e) => e.model], ['Workload', 'text', (e) => e.workload], ['Erasure', 'text', (e) => e.erasureId], ['Rows removed', 'number', (e) => sum(Object.values(e.removed))]],
  }),
  section({ id: 'unsigned', title: 'Reports of the month that nobody signed', rows: rows.unsigned, columns: [['Kind', 'text', (u) => u.kind], ['Period', 'text', (u) => linkTo(u.period, 'reports', u.kind, u.period)]] }),
];
