import { createHash } from 'node:crypto';
import { isEvent } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import { interactionCompleted } from '@ratchet/domain';
import type { Interaction } from '@ratchet/domain';

/** The salt keeps this choice independent of every other one that is made by a hash of the same id. */
const SALT = 'quality-sample:';

/** Whether an interaction is in the sample: by its id, so that every instance and every repeat chooses the same ones. */
export const isSampled = ({ interactionId, rate }: { interactionId: string; rate: number }): boolean =>
  createHash('sha256').update(SALT + interactionId).digest().readUInt32BE(0) < rate * 2 ** 32;

/** Every event but the interactions that are not in the sample. */
export const inQualitySample = (event: EventEnvelope, rate: number): boolean => !isEvent(event, interactionCompleted) || (hasTexts(event.data) && isSampled({ interactionId: event.data.interactionId, rate }));

/** What the gateway recorded without its texts cannot be judged by them. */
const hasTexts = ({ attributes }: Interaction): boolean => attributes?.['ratchet.content'] !== 'none';
