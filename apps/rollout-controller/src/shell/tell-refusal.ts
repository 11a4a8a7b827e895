import { type Command, commandRefused, targetKey } from '@ratchet/domain';
import { derivedId } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';

type Refused = Pick<Command, 'commandId' | 'name' | 'actor' | 'model' | 'workload'>;

/** Writes to the outbox, for the one who ordered it, why a command is not obeyed. `at` is epoch milliseconds. */
export const tellRefusal = (tx: Transaction, { commandId, name, actor, model, workload }: Refused, { why, at }: { readonly why: string; readonly at: number }): void => {
  const refusal = { commandId, name, actor, model, workload, message: why, refusedAt: new Date(at).toISOString() };
  tx.emit(commandRefused, refusal, { id: derivedId('refusal', commandId), subject: targetKey({ model, workload }) });
};
