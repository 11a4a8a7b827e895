import { Controller, Inject } from '@nestjs/common';
import { interactionFailed, signalDetected, userHashOf, type Target } from '@ratchet/domain';
import { OnEvent } from '@ratchet/service';
import { StoredTexts } from '../filters/stored-texts.js';
import { isErased } from '../persistence/erasure.repository.js';
import { storeCorrection, storeFailure } from '../persistence/failure.repository.js';
import { isEvent } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import type { InteractionFailed, SignalDetected } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';

/** Of all signals, those that carry a correction or a comment; of failures, those with texts: an example cannot be made of any other. */
export const isForGeneration = (event: EventEnvelope): boolean =>
  isEvent(event, signalDetected) ? event.data.correction !== undefined || event.data.comment !== undefined : !isEvent(event, interactionFailed) || event.data.contentWithheld !== true;

/** What an erased user did before, and what comes only now, is not kept. */
const comesAfterErasure = async (tx: Transaction, { model, workload, userId }: Target & { readonly userId?: string | undefined }, at: string): Promise<boolean> =>
  userId !== undefined && isErased(tx, { model, workload, userHash: userHashOf(userId), at });

@Controller()
export class SignalsHandlers {
  constructor(@Inject(StoredTexts) private readonly texts: StoredTexts) {}

  @OnEvent(interactionFailed)
  async onFailed({ data }: EventEnvelope<InteractionFailed>, tx: Transaction): Promise<void> {
    if (await comesAfterErasure(tx, data, data.startedAt)) return;
    const failed = this.texts.failure(data);
    await storeFailure(tx, failed);
    if (failed.correction !== undefined) await storeCorrection(tx, { interactionId: failed.interactionId, correction: failed.correction, userId: failed.userId, givenAt: failed.closedAt });
  }

  @OnEvent(signalDetected)
  async onSignal({ data }: EventEnvelope<SignalDetected>, tx: Transaction): Promise<void> {
    if (data.correction === undefined || (await comesAfterErasure(tx, data, data.detectedAt))) return;
    await storeCorrection(tx, { interactionId: data.interactionId, correction: this.texts.text(data.correction), userId: data.userId, givenAt: data.detectedAt });
  }
}
