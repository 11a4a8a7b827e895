const VALUES_MAX = 1_500_000;
const DEPTH_MAX = 200;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/**
 * Says what makes a JSON text too costly to parse, or nothing. Two bytes make an object, which takes many times that in memory, and texts
 * that nest by the million take seconds: looking at the punctuation first costs a fraction of either. What is no JSON is left to the parser.
 */
export const jsonShapeProblem = (text: string): string | undefined => {
  let values = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at + 1);
      continue;
    }
    // `[` and `{`, then `]` and `}`: they differ from each other in one bit.
    const bracket = code | 0x20;
    if (bracket === 0x7b) {
      depth += 1;
      values += 1;
      if (depth > DEPTH_MAX) return `it nests more than ${DEPTH_MAX} levels deep`;
    } else if (bracket === 0x7d) depth -= 1;
    else if (code === COMMA) values += 1;
    if (values > VALUES_MAX) return `it has more than ${VALUES_MAX} values`;
  }
  return undefined;
};

/** The place of the closing quote, or the end where there is none. */
const endOfString = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
};
