import { Controller } from '@nestjs/common';
import { type EventEnvelope, isEvent } from '@ratchet/contracts';
import { type Command, commandIssued, type Interaction, interactionCompleted, type InteractionFailed, interactionFailed, type OpportunityRanked, opportunityRanked, type SignalDetected, signalDetected } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import type { Config } from '../config.js';
import { noteChange } from '../live/change-feed.js';
import { forgetUser } from './forget-failures.js';
import { isKept } from './is-kept.js';
import { storeClustered, storeInteractions, storeSignals } from './store-failures.js';

/** What of the busiest topics the console takes in: turns of the conversations that are kept, and signals that came late; those in time are in their failure. */
export const isForConsole = (event: EventEnvelope, { CONVERSATIONS }: Pick<Config, 'CONVERSATIONS'>): boolean => {
  if (isEvent(event, interactionCompleted)) return isKept(event.data, CONVERSATIONS);
  return !isEvent(event, signalDetected) || event.data.late === true;
};

/** Failures, the conversations around them, and the clusters that they are in. */
@Controller()
export class FailuresHandlers {
  @OnEvent(interactionCompleted)
  async onInteraction({ data }: EventEnvelope<Interaction>, tx: Transaction): Promise<void> {
    tx.gather('interactions', data, (batch) => storeInteractions(tx, batch));
  }

  @OnEvent(interactionFailed)
  async onFailed({ data }: EventEnvelope<InteractionFailed>, tx: Transaction): Promise<void> {
    tx.gather('signals', { failed: data }, (batch) => storeSignals(tx, batch));
    noteChange(tx, 'failures');
  }

  @OnEvent(signalDetected)
  async onSignal({ data }: EventEnvelope<SignalDetected>, tx: Transaction): Promise<void> {
    tx.gather('signals', { late: data }, (batch) => storeSignals(tx, batch));
    noteChange(tx, 'failures');
  }

  @OnEvent(opportunityRanked)
  async onRanked({ data }: EventEnvelope<OpportunityRanked>, tx: Transaction): Promise<void> {
    await storeClustered(tx, data);
  }

  @OnEvent(commandIssued)
  async onCommand({ data }: EventEnvelope<Command>, tx: Transaction): Promise<void> {
    if (data.name !== 'user.erase') return;
    await forgetUser(tx, data);
    noteChange(tx, 'failures');
  }
}
