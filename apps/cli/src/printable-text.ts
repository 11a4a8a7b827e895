/** A text of users or models for a terminal: cut, on one line, and without the characters by which a text could move the cursor or hide something. */
export const printableText = (text: string, charsMax: number): string => {
  const cut = text.length > charsMax ? `${text.slice(0, charsMax - 1)}…` : text;
  return cut.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]+/gu, ' ');
};
