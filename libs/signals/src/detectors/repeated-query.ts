import type { Evidence } from '@ratchet/domain';
import { wordsOfCue } from '../cues/cue-matcher.js';
import { isSameText } from '../text/same-text.js';
import { type NextTurnDetector, quoted, rounded, signal } from './detector.js';

/** The article's `repeated_attempts`: more than two similar queries in one conversation. Besides: the same text a second time, or "I already asked", "try again" with a similar query. */
export const detectRepeatedQuery: NextTurnDetector = ({ query }, { message, alikeCount, toQuery }, { config }) => {
  const evidence = (): Evidence => ({ next: quoted(message.text), alikeQueries: alikeCount, cosine: rounded(toQuery.cosine) });
  if (query.text !== '' && isSameText(query.text, message.text)) return signal('repeated_query', 0.9, { ...evidence(), wordForWord: true });
  if (alikeCount > config.similarQueries) return signal('repeated_query', 0.6 + 0.1 * Math.min(4, alikeCount - config.similarQueries), { ...evidence(), rule: 'repeated_attempts', threshold: config.similarQueries });
  const retry = wordsOfCue(message.cues, 'retry');
  return retry === undefined || toQuery.strength === 0 ? undefined : signal('repeated_query', 0.6, { ...evidence(), words: retry });
};
