import type { BudgetChanged, OpportunityClosed, OpportunityRanked } from '@ratchet/domain';
import type { Facts } from './decision-record.js';

/** What a service decided by itself. */
export interface Change {
  readonly kind: string;
  readonly reason: string;
  readonly before: Facts;
  readonly after: Facts;
}

/** Those parts of `now` that are others than before; nothing is said of what was not known. */
const differing = (known: Facts, now: Facts): { before: Facts; after: Facts } => {
  const names = Object.keys(now).filter((name) => now[name] !== known[name]);
  const of = (facts: Facts): Facts => Object.fromEntries(names.flatMap((name) => (facts[name] === undefined ? [] : [[name, facts[name]]])));
  return { before: of(known), after: of(now) };
};

/** What an analysis decides about an opportunity; its words are partly a judge's or users', and stay out. */
const decidedOf = ({ rootCause, fixType, diagnosis, strategyChoice }: OpportunityRanked): Facts => ({
  rootCause,
  fixType,
  ...(diagnosis && { needsPerson: diagnosis.needsPerson }),
  ...(strategyChoice && { strategy: strategyChoice.strategy.strategyId }),
});

const changeWords: Readonly<Record<NonNullable<OpportunityRanked['change']>['kind'], string>> = {
  new: 'the analysis found it', steady: 'the analysis saw it again', grown: 'it has grown', shrunk: 'it has shrunk', split: 'it was split off', merged: 'others were merged into it', came_back: 'its failures came back',
};

/** Undefined where a ranking only counted anew. */
export const opportunityChange = (known: { readonly body: OpportunityRanked; readonly closed: OpportunityClosed | null } | undefined, ranked: OpportunityRanked): Change | undefined => {
  const { opportunityId, change, diagnosis, analysisId } = ranked;
  const about = { opportunityId, analysisId };
  const now = decidedOf(ranked);
  const reason = diagnosis?.byPerson ? 'a person named its root cause' : change ? changeWords[change.kind] : 'the analysis ranked it';
  if (!known) return { kind: 'opportunity.opened', reason, before: {}, after: { ...now, ...about } };
  if (known.closed && change?.kind === 'came_back') return { kind: 'opportunity.reopened', reason, before: { ...decidedOf(known.body), closed: known.closed.reason }, after: { ...now, closed: null, ...about } };
  const { before, after } = differing(decidedOf(known.body), now);
  return Object.keys(after).length === 0 ? undefined : { kind: 'opportunity.changed', reason, before, after: { ...after, ...about } };
};

const limitsOf = ({ run, monthly }: BudgetChanged): Facts => ({ runLimitUsd: run.limitUsd, monthLimitUsd: monthly.limitUsd });

/** A component that has to wait or goes on, and limits that somebody set; what was spent is no decision. */
export const budgetChanges = (known: BudgetChanged | undefined, told: BudgetChanged): Change[] => {
  const { component, month, waitingFor } = told;
  const limits = differing(known ? limitsOf(known) : { runLimitUsd: null, monthLimitUsd: null }, limitsOf(told));
  const [waited, waits] = [known?.waitingFor?.code ?? null, waitingFor?.code ?? null];
  return [
    ...(Object.keys(limits.after).length > 0 ? [{ kind: 'budget.limits_changed', reason: 'the configuration of the service says so', before: limits.before, after: { ...limits.after, component, month } }] : []),
    ...(waits !== waited
      ? [{ kind: waits === null ? 'budget.resumed' : 'budget.waiting', reason: waits === null ? `no longer waits for ${waited ?? ''}` : `waits for ${waits}`, before: { waitsFor: waited }, after: { waitsFor: waits, component, month } }]
      : []),
  ];
};
