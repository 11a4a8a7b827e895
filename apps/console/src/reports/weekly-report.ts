import type { Section, Span } from '@ratchet/console-api';
import { decisionOf } from '../audit/cycle-record.js';
import type { CycleFact, DecisionFact, OpportunityFact, ReviewFact } from './report-rows.js';
import { isoOf, linkTo, percent, section } from './section.js';

export interface WeeklyRows {
  readonly cycles: readonly CycleFact[];
  readonly overrides: readonly DecisionFact[];
  readonly opportunities: readonly OpportunityFact[];
  readonly reviews: readonly ReviewFact[];
  /** Items on which two reviewers decided, and on how many they agreed. */
  readonly agreement: { readonly n: number; readonly agreed: number; readonly kappa: number | null };
}

const gatesText = ({ facts }: CycleFact): string | null =>
  facts.judged ? facts.judged.gates.map(({ name, verdict, value, halfWidth, n }) => `${name}: ${verdict}${value === null ? '' : ` (${value.toPrecision(3)}${halfWidth === null ? '' : ` ± ${halfWidth.toPrecision(2)}`}, n = ${n})`}`).join('; ') : null;

const cycleLink = ({ cycleId }: { readonly cycleId: string | null }) => (cycleId === null ? null : linkTo(cycleId, 'cycles', cycleId));

export const cyclesSection = (cycles: readonly CycleFact[]): Section =>
  section({
    id: 'cycles', title: 'Improvement cycles', rows: cycles,
    columns: [
      ['Cycle', 'text', cycleLink],
      ['Model', 'text', (c) => c.model], ['Workload', 'text', (c) => c.workload], ['Started', 'when', (c) => isoOf(c.startedAt)], ['Ended', 'when', (c) => isoOf(c.endedAt)],
      ['Trigger', 'text', (c) => `${c.facts.started.trigger}: ${c.facts.started.triggerReason}`],
      ['Failures analysed', 'number', (c) => c.facts.started.failuresAnalyzed], ['Examples learnt from', 'number', (c) => c.facts.started.exampleCount],
      ['Candidate', 'text', (c) => (c.version === null ? null : linkTo(c.version, 'versions', c.model, c.workload, c.version))],
      ['Gates', 'text', gatesText],
      ['Decision', 'text', (c) => (c.endedAt === null ? `open: ${c.state}` : decisionOf(c.facts))],
    ],
  });

export const overridesSection = (overrides: readonly DecisionFact[]): Section =>
  section({
    id: 'overrides', title: 'What people ordered, and why', rows: overrides,
    columns: [['When', 'when', (d) => isoOf(d.happenedAt)], ['Who', 'text', (d) => d.actor], ['What', 'text', (d) => d.kind], ['Model', 'text', (d) => d.model], ['Workload', 'text', (d) => d.workload], ['Reason', 'text', (d) => d.reason], ['Cycle', 'text', cycleLink]],
  });

export const opportunitiesSection = (opportunities: readonly OpportunityFact[], { from, to }: Span): Section => {
  const isWithin = (at: Date | null): boolean => at !== null && at.getTime() >= from && at.getTime() < to;
  return section({
    id: 'opportunities', title: 'Opportunities opened or closed', rows: opportunities,
    notes: [`${opportunities.filter(({ openedAt }) => isWithin(openedAt)).length} opened, ${opportunities.filter(({ closedAt }) => isWithin(closedAt)).length} closed.`],
    columns: [
      ['Opportunity', 'text', (o) => linkTo(o.opportunityId, 'opportunities', o.opportunityId)], ['Model', 'text', (o) => o.model], ['Workload', 'text', (o) => o.workload], ['Root cause', 'text', (o) => o.rootCause], ['Failures', 'number', (o) => o.size],
      ['Opened', 'when', (o) => isoOf(o.openedAt)], ['Closed', 'when', (o) => isoOf(isWithin(o.closedAt) ? o.closedAt : null)], ['As', 'text', (o) => (isWithin(o.closedAt) ? o.closedAs : null)],
    ],
  });
};

export const reviewSection = (reviews: readonly ReviewFact[], { n, agreed, kappa }: WeeklyRows['agreement']): Section =>
  section({
    id: 'reviews', title: 'Decisions of reviewers', rows: reviews,
    notes: [n === 0 ? 'No item was decided by two reviewers.' : `Two reviewers agreed on ${agreed} of ${n} items (${percent(agreed / n)})${kappa === null ? '' : `; Cohen's kappa ${kappa.toFixed(2)}`}.`],
    columns: [['Reviewer', 'text', (r) => r.reviewer], ['Decision', 'text', (r) => r.decision], ['Items', 'number', (r) => r.items]],
  });

export const weeklySections = ({ cycles, overrides, opportunities, reviews, agreement }: WeeklyRows, span: Span): Section[] => [cyclesSection(cycles), overridesSection(overrides), opportunitiesSection(opportunities, span), reviewSection(reviews, agreement)];
