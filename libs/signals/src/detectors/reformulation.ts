import { type NextTurnDetector, quoted, rounded, signal } from './detector.js';

const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim();

/** Whether two messages are the same but for case and punctuation. */
export const isSameText = (a: string, b: string): boolean => a === b || (Math.abs(a.length - b.length) < 12 && plain(a) === plain(b));

/** The user asks the same in other words. */
export const detectReformulation: NextTurnDetector = ({ query }, { message, toQuery }, { config }) => {
  if (toQuery.strength === 0 || isSameText(query.text, message.text)) return undefined;
  return signal('reformulation', toQuery.strength, {
    query: quoted(query.text),
    next: quoted(message.text),
    cosine: rounded(toQuery.cosine),
    wordOverlap: rounded(toQuery.overlap),
    embedding: config.similarity.embedding,
    threshold: config.similarity.cosine,
  });
};
