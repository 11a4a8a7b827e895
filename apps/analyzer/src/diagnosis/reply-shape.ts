import { asksForForm } from './text-cues.js';

const LONG_SENTENCE_WORDS = 32;
const LONG_PARAGRAPH_WORDS = 60;
const MARKUP = /\{\{|\[insert|\|-+\||<\/?(?:p|br|div|strong|span)\b|&(?:gt|lt|amp);|\\\*|\*\*\S|\b[A-Z_]{3,}=\S+;|\[[A-Z]{3,}[^\]]*\]/u;
const LEGALESE = /\b(?:pursuant|hereinbefore|hereby|vis-a-vis|insofar|aforementioned|thereof|para(?:graph)?s? \d|sec(?:tion|\.)? \d+ (?:para|no)|cf\.|conj\.|n\.b\.|w\/o|exc\.|lit\.)/iu;
const GLUED = /\p{Ll}\p{Lu}\p{Ll}+\p{Lu}\p{Ll}+\p{Lu}/u;
const LIST_MARK = /(?:^|\n|\s)(?:[-*•]|\d{1,2}[.)])\s|\n.*\n/u;
const LIST_REQUEST = /\b(?:list|table|bullet|steps?|check ?list|one at a time|numbered|json|csv)\b/iu;

/** Ways in which a reply is hard to read by its shape alone, whatever it says. */
export type ShapeFault = 'form_ignored' | 'form_asked' | 'dense' | 'raw' | 'repeats';

const repeatsItself = (response: string): boolean => {
  const sentences = response.toLowerCase().split(/[.!?]\s+/u).map((sentence) => sentence.trim().replace(/[.!?]$/u, '')).filter((sentence) => sentence.length > 20);
  return new Set(sentences).size < sentences.length;
};

const isDense = (response: string): boolean => {
  const longest = Math.max(...response.split(/[.!?:;](?:\s|$)|\n/u).map((sentence) => sentence.split(/\s+/u).length));
  const paragraph = Math.max(...response.split('\n').map((line) => line.split(/\s+/u).length));
  return longest > LONG_SENTENCE_WORDS || paragraph > LONG_PARAGRAPH_WORDS || LEGALESE.test(response);
};

export const shapeFaultsOf = ({ query, response }: { readonly query: string; readonly response: string }): ShapeFault[] => {
  const faults: ShapeFault[] = [];
  if (asksForForm(query)) faults.push(LIST_REQUEST.test(query) && !LIST_MARK.test(response) && !response.trimStart().startsWith('{') ? 'form_ignored' : 'form_asked');
  if (isDense(response)) faults.push('dense');
  if (MARKUP.test(response) || GLUED.test(response)) faults.push('raw');
  if (repeatsItself(response)) faults.push('repeats');
  return faults;
};
