/** White space and case do not make another answer. */
export const normalizeAnswer = (answer: string): string => answer.normalize('NFKC').trim().replace(/\s+/gu, ' ').toLowerCase();

export const sameAnswer = (a: string, b: string): boolean => normalizeAnswer(a) === normalizeAnswer(b);
