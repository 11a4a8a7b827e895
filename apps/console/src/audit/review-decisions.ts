import type { ReviewChanged, ReviewDecision, ReviewItem, ReviewRefusal } from '@ratchet/domain';
import { derivedId } from '@ratchet/observability';
import type { KnownChange } from './decision-record.js';

type Known = Pick<ReviewItem, 'state' | 'decisions' | 'withdrawn' | 'refusals'>;

const keyOf = ({ commandId, reviewer, decidedAt }: ReviewDecision): string => commandId ?? `${reviewer} ${decidedAt}`;
const refusalKeyOf = ({ commandId, reviewer, refusedAt }: ReviewRefusal): string => commandId ?? `${reviewer} ${refusedAt}`;

/**
 * What people, and the service on their orders, decided about one example since it was `known`: each has an id of its own, so that it is the same
 * whenever it is told again. No text of the example is in it.
 */
export const reviewDecisions = (known: Known | undefined, { item, changedAt }: ReviewChanged, service: string): KnownChange[] => {
  const { exampleId, opportunityId, model, workload, state, decisions, withdrawn = [], refusals = [] } = item;
  const before = { state: known?.state ?? 'waiting' };
  const about = { exampleId, opportunityId };
  const told = new Set([...(known?.decisions ?? []), ...(known?.withdrawn ?? [])].map(keyOf));
  const takenBack = new Set((known?.withdrawn ?? []).map(keyOf));
  const refused = new Set((known?.refusals ?? []).map(refusalKeyOf));
  const change = (id: readonly string[], rest: Pick<KnownChange, 'kind' | 'actor' | 'reason' | 'before' | 'after' | 'happenedAt'>): KnownChange => ({ decisionId: derivedId('review', exampleId, ...id), model, workload, ...rest });
  const ordered = (commandId: string | undefined): { commandId?: string } => (commandId === undefined ? {} : { commandId });
  return [
    ...[...withdrawn, ...decisions].filter((one) => !told.has(keyOf(one))).map((one) =>
      change(['decided', keyOf(one)], { kind: 'review.decided', actor: one.reviewer, reason: one.reason, before, after: { ...about, state, decision: one.decision, ...ordered(one.commandId) }, happenedAt: one.decidedAt }),
    ),
    ...withdrawn.filter((one) => !takenBack.has(keyOf(one))).map((one) =>
      change(['taken back', keyOf(one)], {
        kind: 'review.taken_back', actor: one.reviewer, reason: one.withdrawnBecause, before: { ...before, decision: one.decision }, after: { ...about, state, decision: null, commandId: one.withdrawnBy }, happenedAt: one.withdrawnAt,
      }),
    ),
    ...refusals.filter((one) => !refused.has(refusalKeyOf(one))).map((one) =>
      change(['refused', refusalKeyOf(one)], { kind: 'review.refused', actor: service, reason: one.code, before, after: { ...about, state, command: one.command, orderedBy: one.reviewer, ...ordered(one.commandId) }, happenedAt: one.refusedAt }),
    ),
    ...(state === 'withdrawn' && known?.state !== 'withdrawn' ? [change(['withdrawn'], { kind: 'review.withdrawn', actor: service, reason: 'it is no longer asked for', before, after: { ...about, state }, happenedAt: changedAt })] : []),
  ];
};
