import type { negativeSignals, Signal, SignalName } from '@ratchet/domain';

/** How bad the thing is that a signal stands for, 0 to 1: explicit and costly for people first, a quick goodbye last. */
const severities: Readonly<Record<(typeof negativeSignals)[number], number>> = {
  unsafe_answer: 1,
  user_correction: 0.9,
  escalation: 0.85,
  thumbs_down: 0.8,
  error: 0.8,
  low_rating: 0.75,
  correction: 0.65,
  negative_comment: 0.65,
  repeated_query: 0.6,
  unresolved_request: 0.55,
  session_abandonment: 0.5,
  system_repetition: 0.5,
  quality_low: 0.5,
  reformulation: 0.45,
  quick_follow_up: 0.4,
  quick_abandonment: 0.25,
};
/** A failure that only the sum of weak words shows. */
const FLOOR = 0.2;
/** What a second signal adds of the room that is left above the first. */
const SHARE_OF_REST = 0.25;

const isNegative = (name: SignalName): name is (typeof negativeSignals)[number] => name in severities;

/** Severity of a failure, 0 to 1: its strongest signal's, raised by what the second strongest adds. */
export const severityOf = (signals: readonly Signal[]): number => {
  const parts = signals
    .flatMap(({ name, strength }) => (isNegative(name) ? [severities[name] * (0.5 + 0.5 * strength)] : []))
    .sort((a, b) => b - a);
  const [strongest = FLOOR, second = 0] = parts;
  return Math.min(1, strongest + (1 - strongest) * second * SHARE_OF_REST);
};
