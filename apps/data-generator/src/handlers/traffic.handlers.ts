import { Controller, Inject } from '@nestjs/common';
import { interactionCompleted, queryOf, signalDetected } from '@ratchet/domain';
import { OnEvent } from '@ratchet/service';
import { StoredTexts } from '../filters/stored-texts.js';
import { isContent, isStorable } from '../filters/traffic-sample.js';
import { storeConfirmation, storeSeen } from '../persistence/traffic.repository.js';
import { comesAfterErasure } from './signals.handlers.js';
import type { EventEnvelope } from '@ratchet/contracts';
import type { Interaction, SignalDetected } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';

/** A sample of traffic, and who of it was content: wordings that no machine made up. */
@Controller()
export class TrafficHandlers {
  constructor(@Inject(StoredTexts) private readonly texts: StoredTexts) {}

  @OnEvent(interactionCompleted)
  async onInteraction({ data }: EventEnvelope<Interaction>, tx: Transaction): Promise<void> {
    const { interactionId, model, workload, conversationId, userId, startedAt } = data;
    if (await comesAfterErasure(tx, data, startedAt)) return;
    await storeSeen(tx, { interactionId, model, workload, conversationId, userId, startedAt, query: this.texts.text(queryOf(data)), response: this.texts.text(data.output?.content ?? '') });
  }

  @OnEvent(signalDetected)
  async onSignal({ data }: EventEnvelope<SignalDetected>, tx: Transaction): Promise<void> {
    if (isContent(data.name) && isStorable(data.interactionId)) await storeConfirmation(tx, { interactionId: data.interactionId, signal: data.name, at: data.detectedAt });
  }
}
