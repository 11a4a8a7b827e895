import type { EventEnvelope } from '@ratchet/contracts';
import { commandIssued, rootCauseSchema } from '@ratchet/domain';
import type { Bundle, Command, RootCause, Target } from '@ratchet/domain';
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
  cancel: 'training.cancel',
  generate: 'generation.run',
  diagnose: 'opportunity.diagnose',
  dismiss: 'opportunity.dismiss',
} as const satisfies Record<string, Exclude<Command['name'], 'target.adopt'>>;
export type Order = keyof typeof orders;

export interface Person {
  readonly actor: string;
  readonly reason: string;
}

const fieldsOf = (target: Target, { actor, reason }: Person) => ({ commandId: newEventId(), actor, reason, model: target.model, workload: target.workload, issuedAt: new Date().toISOString() });

/** Orders that the target gets its first champion. */
export const adoptCommand = (target: Target, bundle: Bundle, person: Person): EventEnvelope<Command> => cliEvent(commandIssued, { name: 'target.adopt', ...fieldsOf(target, person), bundle });

/** What an order is about, where it is not the whole target. */
export interface OrderSubject {
  readonly version?: string | undefined;
  /** Of the rollout, when it was looked at: an approval then means nothing else. Whole numbers. */
  readonly stage?: string | undefined;
  readonly evidence?: string | undefined;
  readonly opportunity?: string | undefined;
  readonly rootCause?: string | undefined;
}

/** What an order needs beside the options of every order, and why. */
const subjectOf: Partial<Record<Order, { readonly [Option in keyof OrderSubject]?: string }>> = {
  approve: { version: 'so that it can only mean the candidate that you looked at' },
  reject: { version: 'so that it can only mean the candidate that you looked at' },
  diagnose: { opportunity: 'the id of what was ranked', rootCause: `one of ${rootCauseSchema.options.join(', ')}` },
  dismiss: { opportunity: 'the id of what was ranked' },
};
const mayTake: Partial<Record<Order, readonly (keyof OrderSubject)[]>> = { approve: ['stage', 'evidence'] };
const optionNames: Record<keyof OrderSubject, string> = { version: '--version', stage: '--stage', evidence: '--evidence', opportunity: '--opportunity', rootCause: '--root-cause' };

const checkSubject = (order: Order, subject: OrderSubject): void => {
  const wanted = subjectOf[order] ?? {};
  for (const option of Object.keys(optionNames) as (keyof OrderSubject)[]) {
    if (wanted[option] !== undefined && subject[option] === undefined) throw new UsageError(`${order} needs ${optionNames[option]}, ${wanted[option]}`);
    if (wanted[option] === undefined && !mayTake[order]?.includes(option) && subject[option] !== undefined) throw new UsageError(`${order} takes no ${optionNames[option]}`);
  }
};

const rootCauseOf = (name: string): RootCause => {
  const parsed = rootCauseSchema.safeParse(name);
  if (!parsed.success) throw new UsageError(`--root-cause is one of ${rootCauseSchema.options.join(', ')}`);
  return parsed.data;
};

const countOf = (option: 'stage' | 'evidence', { [option]: text }: OrderSubject): { stage?: number; evidence?: number } => {
  if (text === undefined) return {};
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`${optionNames[option]} is a whole number`);
  return { [option]: Number(text) };
};

/**
 * What a person orders for a target.
 *
 * @throws {UsageError} where what it is about is missing or no such thing, or given without a use for it
 */
export const orderCommand = ({ order, target, subject = {}, person }: { order: Order; target: Target; subject?: OrderSubject; person: Person }): EventEnvelope<Command> => {
  checkSubject(order, subject);
  const { version = '', opportunity: opportunityId = '', rootCause = '' } = subject;
  const name = orders[order];
  const fields = fieldsOf(target, person);
  if (name === 'candidate.approve') return cliEvent(commandIssued, { name, ...fields, version, ...countOf('stage', subject), ...countOf('evidence', subject) });
  if (name === 'candidate.reject') return cliEvent(commandIssued, { name, ...fields, version });
  if (name === 'opportunity.diagnose') return cliEvent(commandIssued, { name, ...fields, opportunityId, rootCause: rootCauseOf(rootCause) });
  if (name === 'opportunity.dismiss') return cliEvent(commandIssued, { name, ...fields, opportunityId });
  return cliEvent(commandIssued, { name, ...fields });
};
