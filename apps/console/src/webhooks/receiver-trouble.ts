import { alertRaised, alertResolved } from '@ratchet/domain';
import { derivedId } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';

/** Name of the alert that a receiver gets nothing. */
export const GAVE_UP = 'delivery_gave_up';

interface GivenUp {
  readonly receiver: string;
  readonly type: string;
  /** Null where the delivery tells of such an alert itself: nothing follows from that. */
  readonly workload: string | null;
}

/** Raises one alert for a receiver, however much it misses. */
export const tellGaveUp = async (tx: Transaction, { receiver, type, workload }: GivenUp): Promise<void> => {
  if (workload === null) return;
  const [begun] = await tx.query<{ since: Date }>('insert into receiver_troubles (receiver, workload) values ($1, $2) on conflict do nothing returning since', [receiver, workload]);
  if (!begun) return;
  const raisedAt = begun.since.toISOString();
  const alertId = derivedId('alert', GAVE_UP, receiver, raisedAt);
  tx.emit(alertRaised, { alertId, workload, name: GAVE_UP, severity: 'warning', message: `${receiver} was not told of ${type}, and it will not be tried again by itself`, raisedAt }, { id: derivedId('alert.raised', alertId) });
};

export const tellDelivered = async (tx: Transaction, receiver: string): Promise<void> => {
  const [over] = await tx.query<{ since: Date; workload: string }>('delete from receiver_troubles where receiver = $1 returning since, workload', [receiver]);
  if (!over) return;
  const alertId = derivedId('alert', GAVE_UP, receiver, over.since.toISOString());
  tx.emit(alertResolved, { alertId, workload: over.workload, name: GAVE_UP, message: `${receiver} gets messages again`, resolvedAt: new Date().toISOString() }, { id: derivedId('alert.resolved', alertId) });
};
