import { isSameText } from '../text/same-text.js';
import { type NextTurnDetector, quoted, rounded, signal } from './detector.js';

/** The article's `reformulation`: the next query is similar to this one beyond the threshold of the embedding (0.8 for sentence embeddings), and is not the same text. */
export const detectReformulation: NextTurnDetector = ({ query }, { message, toQuery }) => {
  if (toQuery.strength === 0 || isSameText(query.text, message.text)) return undefined;
  return signal('reformulation', toQuery.strength, {
    query: quoted(query.text),
    next: quoted(message.text),
    cosine: rounded(toQuery.cosine),
    wordOverlap: rounded(toQuery.overlap),
    embedding: toQuery.by.embedding,
    threshold: toQuery.by.cosine,
    overlapThreshold: toQuery.by.overlap,
  });
};
