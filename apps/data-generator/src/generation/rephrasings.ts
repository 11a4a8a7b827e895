import { cosine } from '@ratchet/embedded-model';
import type { CorrectedFailure, SourceFailure } from './candidate.js';
import type { SignalName } from '@ratchet/domain';

/** A failed turn longer ago than this was about something else. */
const REPHRASED_WITHIN_MS = 600_000;
/** From here two requests are near enough to be two wordings of one (hashed embedding). */
const REWORDED_COSINE = 0.35;
/** Certainly less than the request that the user corrected by hand. */
const CONFIDENCE_FACTOR = 0.8;

const REWORDED: ReadonlySet<SignalName> = new Set(['reformulation', 'repeated_query', 'quick_follow_up', 'correction']);

export interface Rephrasing {
  readonly earlier: SourceFailure;
  readonly correctedBy: CorrectedFailure;
  /** To multiply the correction's confidence with. */
  readonly confidenceFactor: number;
}

/**
 * Failed requests of the same conversation shortly before a correction, not corrected themselves: the user was asking for the same thing
 * in other words, as a signal on the turn or the wording itself says. Each counts for the first correction that follows it.
 */
export const findRephrasings = ({ corrected, uncorrected, vectorOf }: {
  readonly corrected: readonly CorrectedFailure[];
  readonly uncorrected: readonly SourceFailure[];
  readonly vectorOf: (failure: SourceFailure) => ArrayLike<number>;
}): Rephrasing[] => {
  const byConversation = Map.groupBy(corrected, ({ conversationId }) => conversationId);
  return uncorrected.flatMap((earlier): Rephrasing[] => {
    const following = (byConversation.get(earlier.conversationId) ?? [])
      .filter(({ startedAtMs }) => startedAtMs > earlier.startedAtMs && startedAtMs - earlier.startedAtMs <= REPHRASED_WITHIN_MS)
      .sort((a, b) => a.startedAtMs - b.startedAtMs);
    const [correctedBy] = following;
    if (!correctedBy) return [];
    const reworded = earlier.signals.some((name) => REWORDED.has(name)) || cosine(vectorOf(earlier), vectorOf(correctedBy)) >= REWORDED_COSINE;
    return reworded ? [{ earlier, correctedBy, confidenceFactor: CONFIDENCE_FACTOR }] : [];
  });
};
