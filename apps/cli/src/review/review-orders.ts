import type { EventEnvelope } from '@ratchet/contracts';
import { commandIssued } from '@ratchet/domain';
import type { Command, Target } from '@ratchet/domain';
import { newEventId } from '@ratchet/observability';
import { UsageError } from '../command-module.js';
import type { Person } from '../commands-out/command-events.js';
import { cliEvent } from '../stack/cli-event.js';

export const reviewOrders = ['claim', 'release', 'approve', 'reject', 'reopen'] as const;
export type ReviewOrder = (typeof reviewOrders)[number];

/** Items that one command carries. */
const ITEMS_PER_COMMAND = 200;

const fieldsOf = ({ model, workload }: Target, { actor, reason }: Person) => ({ commandId: newEventId(), actor, reason, model, workload, issuedAt: new Date().toISOString() });

/**
 * What a reviewer orders for some items, in as many commands as it takes.
 *
 * @throws {UsageError} where no item is named
 */
export const reviewCommands = (order: ReviewOrder, { target, exampleIds, person }: { readonly target: Target; readonly exampleIds: readonly string[]; readonly person: Person }): EventEnvelope<Command>[] => {
  const ids = [...new Set(exampleIds)];
  if (ids.length === 0) throw new UsageError('name the items by their ids: `ratchet review list` shows them');
  return Array.from({ length: Math.ceil(ids.length / ITEMS_PER_COMMAND) }, (_, i) =>
    cliEvent(commandIssued, { name: `review.${order}`, ...fieldsOf(target, person), exampleIds: ids.slice(i * ITEMS_PER_COMMAND, (i + 1) * ITEMS_PER_COMMAND) }),
  );
};

/** Approves one item with another answer. */
export const editCommand = ({ target, exampleId, output, person }: { readonly target: Target; readonly exampleId: string; readonly output: string; readonly person: Person }): EventEnvelope<Command> =>
  cliEvent(commandIssued, { name: 'review.edit', ...fieldsOf(target, person), exampleId, output });

/** Orders that a user's data are removed. */
export const eraseCommand = ({ target, userId, person }: { readonly target: Target; readonly userId: string; readonly person: Person }): EventEnvelope<Command> =>
  cliEvent(commandIssued, { name: 'user.erase', ...fieldsOf(target, person), userId });
