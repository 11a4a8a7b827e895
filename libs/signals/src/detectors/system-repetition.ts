import type { Signal } from '@ratchet/domain';
import type { SignalsConfig } from '../config.js';
import type { Exchange } from '../failure/exchange.js';
import { quoted, rounded, signal } from './detector.js';

/** The reply says what an earlier reply of the conversation said. */
export const detectSystemRepetition = ({ reply, replyRepeats }: Exchange, config: SignalsConfig): Signal | undefined =>
  replyRepeats === undefined || replyRepeats < config.replyRepetition || reply.wordCount < 3
    ? undefined
    : signal('system_repetition', replyRepeats, { reply: quoted(reply.text), wordOverlap: rounded(replyRepeats), threshold: config.replyRepetition });
