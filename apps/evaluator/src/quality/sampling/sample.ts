import { createHash } from 'node:crypto';
import { isEvent } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import { feedbackGiven, hasTexts, interactionCompleted } from '@ratchet/domain';
import type { Arm, Interaction, Target } from '@ratchet/domain';
import type { SamplingRates } from './sampling-rates.js';

/** The salt keeps this choice independent of every other one that is made by a hash of the same id. */
const SALT = 'quality-sample:';

/** What is sampled at one rate: the traffic that one version was to answer, in one arm. */
export interface Stratum extends Target {
  readonly version: string;
  readonly arm: Arm;
}

/** A number in [0, 1) that belongs to an interaction: it is sampled at every rate above it, on every instance and at every repeat. */
export const lotOf = (interactionId: string): number => createHash('sha256').update(SALT + interactionId).digest().readUInt32BE(0) / 2 ** 32;

export const isSampled = ({ interactionId, rate }: { interactionId: string; rate: number }): boolean => lotOf(interactionId) < rate;

/** As the vitals count it: by who was to answer. */
export const stratumOf = ({ model, workload, version, assignment }: Interaction): Stratum => ({ model, workload, version: assignment?.version ?? version, arm: assignment?.arm ?? 'rest' });

/** Every event but interactions that are not in the sample, and feedback on what cannot be in it. Looks at memory alone. */
export const inQualitySample = (event: EventEnvelope, rates: SamplingRates): boolean => {
  if (isEvent(event, interactionCompleted)) {
    const lot = lotOf(event.data.interactionId);
    // What was recorded without its texts cannot be judged by them.
    return lot < rates.highest && hasTexts(event.data) && lot < rates.of(stratumOf(event.data)).highest;
  }
  if (!isEvent(event, feedbackGiven)) return true;
  const { interactionId, source } = event.data;
  return interactionId !== undefined && (source.type === 'user' || source.type === 'reviewer') && isSampled({ interactionId, rate: rates.highest });
};
