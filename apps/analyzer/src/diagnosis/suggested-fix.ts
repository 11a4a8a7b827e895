import { normalizeAnswer } from '@ratchet/domain';
import { printable } from './printable.js';
import type { Failure } from '../analysis/failure.js';
import type { FixType } from '@ratchet/domain';

const FIX_CHARS_MAX = 500;
const SHOWN_ANSWERS = 3;
const SHOWN_CHARS = 160;

const shorten = (text: string): string => (text.length <= SHOWN_CHARS ? text : `${text.slice(0, SHOWN_CHARS - 1)}…`);

const commonCorrections = (failures: readonly Failure[]): string[] => {
  const byAnswer = new Map<string, { readonly text: string; count: number }>();
  for (const { correction } of failures) {
    if (correction === undefined) continue;
    const answer = normalizeAnswer(correction);
    const known = byAnswer.get(answer);
    if (known) known.count += 1;
    else byAnswer.set(answer, { text: correction.trim(), count: 1 });
  }
  return [...byAnswer.values()].sort((a, b) => b.count - a.count).slice(0, SHOWN_ANSWERS).map(({ text, count }) => `"${shorten(text)}" (${count} times)`);
};

const actionOf: Record<FixType, (about: string, corrections: string) => string> = {
  training_examples: (about, corrections) => `Train on examples of requests about ${about}.${corrections === '' ? ' No user has submitted an answer yet: ask the teacher or a reviewer.' : ` Users submitted ${corrections}.`}`,
  knowledge_entries: (about, corrections) => `Add or correct knowledge entries about ${about}.${corrections === '' ? '' : ` Users submitted ${corrections}.`}`,
  prompt_patch: (about) => `Say in the system prompt how replies about ${about} are to be laid out.`,
  safety_threshold: (about) => `Raise the safety filter's threshold by one step, and see that requests about ${about} are answered and unsafe ones still refused.`,
  retrieval_change: (about) => `Let replies about ${about} rest on retrieved passages: retrieve more, or refuse to answer without one.`,
};

/** One or two sentences for people: what to do, about what, and what users said; printable, at most 500 characters. */
export const suggestFix = ({ fixType, patterns, failures }: { readonly fixType: FixType; readonly patterns: readonly string[]; readonly failures: readonly Failure[] }): string =>
  printable(actionOf[fixType](patterns.length > 0 ? patterns.slice(0, 4).map((pattern) => `"${pattern}"`).join(', ') : 'what these failures share', commonCorrections(failures).join(', ')), FIX_CHARS_MAX);
