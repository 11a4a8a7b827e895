import type { Section, Span } from '@ratchet/console-api';
import { newcombeInterval, wilsonInterval } from '@ratchet/stats';
import type { AlertFact, DayFact, DeadDelivery, DecisionFact, SpendingFact } from './report-rows.js';
import { isoOf, linkTo, percent, rounded, section } from './section.js';

export interface DailyRows {
  readonly alerts: readonly AlertFact[];
  readonly days: readonly DayFact[];
  readonly rollbacks: readonly DecisionFact[];
  readonly spending: readonly SpendingFact[];
  readonly dead: readonly DeadDelivery[];
}

const HOUR_MS = 3_600_000;
const ALPHA = 0.05;

/** Hours of the day and before it; an alert that is open is counted up to the day's end. */
const hoursOpen = ({ raisedAt, resolvedAt }: AlertFact, to: number): number => rounded((Math.min(resolvedAt?.getTime() ?? to, to) - raisedAt.getTime()) / HOUR_MS);

const stateAt = ({ resolvedAt }: AlertFact, to: number): string => (resolvedAt !== null && resolvedAt.getTime() < to ? 'resolved' : 'open at the end');

interface Rate {
  readonly failures: number;
  readonly outcomes: number;
}

const rateText = ({ failures, outcomes }: Rate): string => {
  if (outcomes === 0) return 'no outcomes';
  const { lower, upper } = wilsonInterval({ successes: failures, n: outcomes }, ALPHA);
  return `${percent(failures / outcomes)} (${percent(lower)} to ${percent(upper)}), n = ${outcomes}`;
};

/** Failure rates of each target on the day and the one before, with 95 % intervals of each and of their difference. */
export const ratesAgainstDayBefore = (days: readonly DayFact[], day: string): { model: string; workload: string; today: Rate; before: Rate }[] => {
  const targets = new Map<string, { model: string; workload: string; today: Rate; before: Rate }>();
  for (const { model, workload, day: counted, failures, outcomes } of days) {
    const key = JSON.stringify([model, workload]);
    const known = targets.get(key) ?? { model, workload, today: { failures: 0, outcomes: 0 }, before: { failures: 0, outcomes: 0 } };
    const which = counted === day ? 'today' : 'before';
    targets.set(key, { ...known, [which]: { failures: known[which].failures + failures, outcomes: known[which].outcomes + outcomes } });
  }
  return [...targets.values()];
};

const differenceText = (today: Rate, before: Rate): string => {
  if (today.outcomes === 0 || before.outcomes === 0) return 'cannot be told';
  const { lower, upper } = newcombeInterval({ x1: today.failures, n1: today.outcomes, x2: before.failures, n2: before.outcomes }, ALPHA);
  return `${percent(today.failures / today.outcomes - before.failures / before.outcomes)} (${percent(lower)} to ${percent(upper)})`;
};

export const dailySections = ({ alerts, days, rollbacks, spending, dead }: DailyRows, { from, to }: Span): Section[] => [
  section({
    id: 'alerts', title: 'Alerts raised, resolved or open on the day', rows: alerts,
    notes: [`${alerts.filter(({ raisedAt }) => raisedAt.getTime() >= from).length} raised, ${alerts.filter(({ resolvedAt }) => resolvedAt !== null && resolvedAt.getTime() < to && resolvedAt.getTime() >= from).length} resolved, ${alerts.filter((alert) => stateAt(alert, to) !== 'resolved').length} not resolved at the end.`],
    columns: [['Severity', 'text', (a) => a.severity], ['Alert', 'text', (a) => linkTo(a.name, 'alerts')], ['Workload', 'text', (a) => a.workload], ['Message', 'text', (a) => a.message], ['Raised', 'when', (a) => isoOf(a.raisedAt)], ['At the end of the day', 'text', (a) => stateAt(a, to)], ['Hours', 'number', (a) => hoursOpen(a, to)]],
  }),
  section({
    id: 'failure-rate', title: 'Failure rate against the day before', rows: ratesAgainstDayBefore(days, new Date(from).toISOString().slice(0, 10)),
    notes: ['Intervals of 95 %: Wilson for a rate, Newcombe for the difference. They take outcomes as independent, which outcomes of one conversation are not quite.'],
    columns: [['Model', 'text', (r) => r.model], ['Workload', 'text', (r) => r.workload], ['Day', 'text', (r) => rateText(r.today)], ['Day before', 'text', (r) => rateText(r.before)], ['Difference', 'text', (r) => differenceText(r.today, r.before)]],
  }),
  section({
    id: 'rollbacks', title: 'Rollbacks', rows: rollbacks,
    columns: [['When', 'when', (d) => isoOf(d.happenedAt)], ['Model', 'text', (d) => d.model], ['Workload', 'text', (d) => d.workload], ['By', 'text', (d) => d.actor], ['Reason', 'text', (d) => d.reason], ['Cycle', 'text', (d) => (d.cycleId === null ? null : linkTo(d.cycleId, 'cycles', d.cycleId))]],
  }),
  spendingSection(spending),
  section({
    id: 'dead-deliveries', title: 'Messages that were given up', rows: dead,
    columns: [['Receiver', 'text', (d) => linkTo(d.receiver, 'alerts')], ['Type', 'text', (d) => d.type], ['Attempts', 'number', (d) => d.attempts], ['Error', 'text', (d) => d.error], ['Last attempt', 'when', (d) => isoOf(d.lastAttemptAt)]],
  }),
];

export const spendingSection = (spending: readonly SpendingFact[]): Section =>
  section({
    id: 'spending', title: 'Spending of the month against budgets', rows: spending,
    columns: [['Component', 'text', (s) => s.component], ['Model', 'text', (s) => s.model], ['Workload', 'text', (s) => s.workload], ['Spent, US dollars', 'number', (s) => rounded(s.spentUsd)], ['Limit, US dollars', 'number', (s) => s.limitUsd], ['Share', 'text', (s) => (s.limitUsd ? percent(s.spentUsd / s.limitUsd) : 'no limit')]],
  });
