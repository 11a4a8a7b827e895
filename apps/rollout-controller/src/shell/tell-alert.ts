import { alertRaised, alertResolved, type Target, targetKey } from '@ratchet/domain';
import { derivedId } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';
import type { AlertEffect } from '../alerts/alert-effect.js';

interface Teller {
  readonly tx: Transaction;
  /** The rollout or the experiment: an alert's id is derived of it, so that a repeat tells of the same one. */
  readonly ownerId: string;
  readonly correlationId: string;
  readonly target: Target;
  /** Epoch milliseconds. */
  readonly at: number;
}

export const isAlertEffect = (effect: { readonly type: string }): effect is AlertEffect => effect.type === 'raiseAlert' || effect.type === 'resolveAlert';

/** Writes an alert, or its end, to the outbox. */
export const tellAlert = ({ tx, ownerId, correlationId, target, at }: Teller, effect: AlertEffect): void => {
  const { name, raisedBy, message } = effect;
  const alertId = derivedId('alert', ownerId, name, raisedBy);
  const options = { id: derivedId(effect.type, alertId), correlationId, subject: targetKey(target) };
  const instant = new Date(at).toISOString();
  if (effect.type === 'raiseAlert') tx.emit(alertRaised, { alertId, workload: target.workload, name, severity: effect.severity, message, raisedAt: instant }, options);
  else tx.emit(alertResolved, { alertId, workload: target.workload, name, message, resolvedAt: instant }, options);
};
