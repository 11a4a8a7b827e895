import type { Order, RolloutTransition } from '@ratchet/console-api';
import { actorInWords, orderInWords, percent } from './words';

export interface TimelineEntry {
  readonly key: string;
  readonly at: string;
  readonly who: string;
  readonly what: string;
  readonly why: string;
  readonly isPerson: boolean;
  /** Of the transition whose evidence can be shown. */
  readonly transitionId?: string;
  /** Why an order was not obeyed. */
  readonly refusal?: string;
}

const moveInWords = ({ kind, from, to, stage, share, metric }: RolloutTransition): string => {
  if (kind === 'promoted') return 'made it the champion';
  if (kind === 'rolledback') return `rolled it back in stage ${stage}${metric && metric !== 'operator' ? ` because of ${metric.replaceAll('_', ' ')}` : ''}`;
  return from === null || from === to ? `recorded ${to}` : `moved it from ${from} to ${to}${share > 0 ? `, ${percent(share, 0)} of the traffic` : ''}`;
};

/** What the controller decided and what people ordered, the newest first. An order that became a transition is one entry. */
export const timelineOf = (transitions: readonly RolloutTransition[], orders: readonly Order[]): TimelineEntry[] => {
  const obeyed = new Set(transitions.map(({ commandId }) => commandId));
  const moves = transitions.map((move): TimelineEntry => ({
    key: move.transitionId, at: move.at, who: actorInWords(move.actor), what: moveInWords(move), why: move.reason, isPerson: move.actor.startsWith('human:'), transitionId: move.transitionId,
  }));
  const asked = orders
    .filter(({ commandId }) => !obeyed.has(commandId))
    .map((order): TimelineEntry => ({
      key: order.commandId, at: order.at, who: order.actor, what: orderInWords(order), why: order.reason, isPerson: true, ...(order.refusal !== null && { refusal: order.refusal }),
    }));
  return [...moves, ...asked].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
};
