/** A text of users or models for a terminal: cut, on one line, and without the characters by which a text could move the cursor or hide something. */
export const printableText = (text: string, charsMax: number): string => {
  const cut = text.length > charsMax ? `${text.slice(0, charsMax - 1)}…` : text;
  return cut.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]+/gu, ' ');
};

/** As much of an id, a name or a reason as one line of a report has room for. */
const REPORTED_CHARS_MAX = 300;

export const reportedText = (text: string): string => printableText(text, REPORTED_CHARS_MAX);

/** Ids side by side, or `none`. */
export const reportedList = (ids: readonly string[] | undefined): string => (ids === undefined || ids.length === 0 ? 'none' : ids.map(reportedText).join(', '));

/** `name value` side by side, or `none`. */
export const reportedFields = (record: Readonly<Record<string, string | number | boolean>>): string => Object.entries(record).map(([name, value]) => reportedText(`${name} ${value}`)).join(', ') || 'none';
