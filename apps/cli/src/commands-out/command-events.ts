import type { EventEnvelope } from '@ratchet/contracts';
import { commandIssued } from '@ratchet/domain';
import type { Bundle, Command, Target } from '@ratchet/domain';
import { newEventId } from '@ratchet/observability';
import { UsageError } from '../command-module.js';
import { cliEvent } from '../stack/cli-event.js';

/** The words of the command line, and what they order. */
export const orders = {
  pause: 'rollout.pause',
  resume: 'rollout.resume',
  advance: 'rollout.advance',
  rollback: 'rollout.rollback',
  approve: 'candidate.approve',
  reject: 'candidate.reject',
  hold: 'automation.hold',
  release: 'automation.release',
  analyze: 'analysis.run',
  train: 'training.run',
} as const satisfies Record<string, Exclude<Command['name'], 'target.adopt'>>;
export type Order = keyof typeof orders;

export interface Person {
  readonly actor: string;
  readonly reason: string;
}

const fieldsOf = (target: Target, { actor, reason }: Person) => ({ commandId: newEventId(), actor, reason, model: target.model, workload: target.workload, issuedAt: new Date().toISOString() });

/** Orders that the target gets its first champion. */
export const adoptCommand = (target: Target, bundle: Bundle, person: Person): EventEnvelope<Command> => cliEvent(commandIssued, { name: 'target.adopt', ...fieldsOf(target, person), bundle });

/**
 * What a person orders for a target.
 *
 * @throws {UsageError} where a version is missing, or given without a use for it
 */
export const orderCommand = ({ order, target, version, person }: { order: Order; target: Target; version: string | undefined; person: Person }): EventEnvelope<Command> => {
  const name = orders[order];
  const fields = fieldsOf(target, person);
  if (name === 'candidate.approve' || name === 'candidate.reject') {
    if (version === undefined) throw new UsageError(`${order} needs --version, so that it can only mean the candidate that you looked at`);
    return cliEvent(commandIssued, { name, ...fields, version });
  }
  if (version !== undefined) throw new UsageError(`${order} takes no --version: it is about the whole target`);
  return cliEvent(commandIssued, { name, ...fields });
};
