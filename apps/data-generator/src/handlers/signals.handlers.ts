import { Controller, Inject } from '@nestjs/common';
import { interactionCompleted, interactionFailed, signalDetected, userHashOf, type Target } from '@ratchet/domain';
import { OnEvent } from '@ratchet/service';
import { StoredTexts } from '../filters/stored-texts.js';
import { isErased } from '../persistence/erasure.repository.js';
import { storeCorrection, storeFailure } from '../persistence/failure.repository.js';
import { inTrafficSample, isContent, isStorable, isUsable } from '../filters/traffic-sample.js';
import { isEvent } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import type { InteractionFailed, SignalDetected } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import type { Config } from '../config.js';

/**
 * Of all signals, those that carry a correction or a comment or, in the sample, say that a user was content; of failures, those with texts: an example cannot be
 * made of any other; of requests, the sample's.
 */
export const isForGeneration = (event: EventEnvelope, config: Pick<Config, 'TRAFFIC_SAMPLE_SHARE' | 'INPUT_CHARS_MAX' | 'OUTPUT_CHARS_MAX'>): boolean => {
  const { TRAFFIC_SAMPLE_SHARE } = config;
  if (isEvent(event, interactionCompleted)) return inTrafficSample(event.data.conversationId, TRAFFIC_SAMPLE_SHARE) && isUsable(event.data, { inputCharsMax: config.INPUT_CHARS_MAX, outputCharsMax: config.OUTPUT_CHARS_MAX });
  if (isEvent(event, signalDetected)) {
    const { correction, comment, name, conversationId, interactionId } = event.data;
    return correction !== undefined || comment !== undefined || (isContent(name) && isStorable(interactionId) && inTrafficSample(conversationId, TRAFFIC_SAMPLE_SHARE));
  }
  return !isEvent(event, interactionFailed) || event.data.contentWithheld !== true;
};

/** What an erased user did before, and what comes only now, is not kept. */
export const comesAfterErasure = async (tx: Transaction, { model, workload, userId }: Target & { readonly userId?: string | undefined }, at: string): Promise<boolean> =>
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
