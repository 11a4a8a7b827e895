import type { HandoffRequested, Signal } from '@ratchet/domain';
import { wordsOfCue } from '../cues/cue-matcher.js';
import { type NextTurnDetector, quoted, signal } from './detector.js';

/** The user asks for a person. */
export const detectEscalation: NextTurnDetector = (_exchange, { message }) => {
  const words = wordsOfCue(message.cues, 'escalation');
  return words === undefined ? undefined : signal('escalation', 0.9, { words, next: quoted(message.text) });
};

/** The product handed the conversation over to a person. */
export const escalationOfHandoff = ({ requestedAt, channel }: HandoffRequested): Signal =>
  signal('escalation', 1, { handoffRequestedAt: requestedAt, ...(channel !== undefined && { channel }) });
