/** Part of a text, from `start` up to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The text with a placeholder in the place of each span; spans come in order and do not overlap. */
export const replaceSpans = (text: string, spans: readonly Span[], placeholder: string): string => {
  if (spans.length === 0) return text;
  let result = '';
  let from = 0;
  for (const { start, end } of spans) {
    result += text.slice(from, start) + placeholder;
    from = end;
  }
  return result + text.slice(from);
};
