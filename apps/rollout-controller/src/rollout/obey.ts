import type { Command } from '@ratchet/domain';
import type { Draft } from './decision.js';
import { hasTraffic, labelOf, type MutableState, type RolloutState } from './rollout-state.js';

type Answer = Pick<Draft, 'reason' | 'change' | 'metric'> | { readonly refusal: string };

interface Order {
  readonly state: RolloutState;
  readonly order: Command;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly advance: () => Partial<MutableState>;
}

const refuse = ({ state, order }: Order, why: string): Answer => ({ refusal: `${order.name} refused: ${why} (rollout ${state.rolloutId} is ${labelOf(state)})` });

type Approval = Extract<Command, { name: 'candidate.approve' }>;

/** Why an approval does not mean what awaits one now. */
const lapsed = ({ state }: Order, { stage, evidence, issuedAt }: Approval): string | undefined => {
  if (stage !== undefined && stage !== state.stage) return `it approves stage ${stage}, but the rollout is in stage ${state.stage} now; look at it and approve again`;
  if (evidence !== undefined && evidence !== state.sequence) return `it approves the evidence of row ${evidence}, but row ${state.sequence} is the last one now; look at it and approve again`;
  // Before any traffic the evidence is the gates' verdict on this very version, which cannot change.
  if (evidence !== undefined || state.stage === 0 || Date.parse(issuedAt) >= state.statusSince) return undefined;
  return 'it was given before the present evidence; look at it and approve again';
};

const approve = (request: Order, order: Approval): Answer => {
  const { state, advance } = request;
  if (state.status !== 'AWAITING_APPROVAL') return refuse(request, 'nothing awaits an approval');
  const why = lapsed(request, order);
  if (why !== undefined) return refuse(request, why);
  if (state.stage === 0) return { reason: `approved: ${order.reason}`, change: { status: 'DRAFT' } };
  return { reason: `approved: ${order.reason}`, change: advance() };
};

const rollback = (request: Order): Answer =>
  hasTraffic(request.state)
    ? { reason: request.order.reason, metric: 'operator', change: { status: 'ROLLED_BACK', share: 0 } }
    : refuse(request, 'it has no traffic');

/** What a person's order does to a rollout. Orders win over the automation, and end it or change it at once. */
export const obey = (request: Order): Answer => {
  const { state, order, at, advance } = request;
  switch (order.name) {
    case 'candidate.approve':
      return approve(request, order);
    case 'candidate.reject':
      if (state.status === 'DRAFT' || (state.status === 'AWAITING_APPROVAL' && state.stage === 0)) return { reason: `rejected: ${order.reason}`, change: { status: 'CANCELLED' } };
      return rollback(request);
    case 'rollout.rollback':
      return rollback(request);
    case 'rollout.pause':
      if (!hasTraffic(state)) return refuse(request, 'it has no traffic');
      if (state.status === 'PAUSED') return refuse(request, 'it is paused already');
      return { reason: order.reason, change: { status: 'PAUSED' } };
    case 'rollout.resume':
      if (state.status !== 'PAUSED' && !state.hold?.needsHuman) return refuse(request, 'only a paused rollout, or one that holds for a person, can be resumed');
      return {
        reason: order.reason,
        change: { status: 'RUNNING', deadlineFrom: at, ...(state.hold?.reason === 'srm' && { srmAcceptedStage: state.stage }) },
      };
    case 'rollout.advance':
      if (!hasTraffic(state)) return refuse(request, 'it has no traffic; a candidate is approved instead');
      return { reason: order.reason, change: { ...advance(), evidenceFromStage: state.stage + 1 } };
    default:
      return refuse(request, 'it is no order for a rollout');
  }
};
