import { alertRaised, alertResolved, targetKey } from '@ratchet/domain';
import type { Target } from '@ratchet/domain';
import { derivedId } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';
import { supersededInRow } from '../persistence/superseded.repository.js';
import { lockTarget } from '../persistence/trainer.repository.js';

const TOLD_AT = 3;

/** Does what ends a cycle or changes the champion, and tells of a champion that others dispute, or of the end of that. */
export const watchDispute = async (tx: Transaction, target: Target, change: () => Promise<void>): Promise<void> => {
  // Topics are read beside each other: of two changes at once, each has to see what the other left.
  const before = await lockTarget(tx, target);
  const standing = (await supersededInRow(tx, target))[TOLD_AT - 1];
  await change();
  const inRow = await supersededInRow(tx, target);
  const last = inRow[TOLD_AT - 1];
  if (!before || (standing === undefined) === (last === undefined)) return;
  const alertId = derivedId('champion-disputed', (standing ?? last)?.cycleId ?? '');
  const fields = { alertId, workload: target.workload, name: 'champion_disputed' };
  const instant = new Date().toISOString();
  if (last) {
    const message = `${inRow.length} cycles of ${targetKey(target)} in a row were superseded, though they were made from ${before.champion}, which serves as far as the trainer-dispatcher knows: the next ones wait longer each time`;
    tx.emit(alertRaised, { ...fields, severity: 'warning', message, raisedAt: instant }, { id: derivedId('alert.raised', alertId) });
  } else tx.emit(alertResolved, { ...fields, message: `the champion of ${targetKey(target)} is disputed no more`, resolvedAt: instant }, { id: derivedId('alert.resolved', alertId) });
};
