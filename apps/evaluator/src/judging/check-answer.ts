import { normalizeAnswer } from '@ratchet/domain';
import type { AnswerCheck, Bundle } from '@ratchet/domain';
import { franc } from 'franc-min';
import { RE2JS } from 're2js';
import { readJson } from '../quality/evaluators/format-rules.js';
import { doesNotKnow, isRefusal } from '../safety/reply-kinds.js';

/** So much of an answer is looked at. */
const ANSWER_CHARS_MAX = 20_000;
/** Under this many letters a language cannot be told. */
const LANGUAGE_LETTERS_MIN = 40;
const FACTS = /\d+(?:[.,:]\d+)*(?:\s?%)?|https?:\/\/[^\s)>\]]+|[\w.+-]+@[\w-]+\.[\w.]+/gu;
const BULLET = /^\s*(?:[-*•]|\d+[.)])\s+\S/u;
const NUMBERED = /^\s*\d+[.)]\s+\S/u;

export interface CheckedAnswer {
  readonly prompt: string;
  readonly content: string;
  readonly finishReason?: string | undefined;
  /** Of the version that answered. */
  readonly bundle?: Pick<Bundle, 'systemPrompt' | 'knowledge'> | undefined;
}

// The number of a list's line is its form, and no fact.
const withoutListNumbers = (text: string): string => text.replace(/^\s*\d+[.)]\s+/gmu, '');
const factsIn = (text: string): string[] => [...new Set((withoutListNumbers(text).match(FACTS) ?? []).map((fact) => fact.replace(/[.,:\s]+$/u, '').replace(/\s/gu, '').toLowerCase()))];

// A version's knowledge is the same object for all its answers.
const factsByKnowledge = new WeakMap<object, ReadonlySet<string>>();

const factsOf = (knowledge: NonNullable<Bundle['knowledge']>): ReadonlySet<string> => {
  const known = factsByKnowledge.get(knowledge) ?? new Set(factsIn(knowledge.map(({ title, text }) => `${title}\n${text}`).join('\n')));
  factsByKnowledge.set(knowledge, known);
  return known;
};

const isGrounded = ({ prompt, content, bundle }: CheckedAnswer): boolean => {
  const given = new Set(factsIn(`${prompt}\n${bundle?.systemPrompt ?? ''}`));
  const known = bundle?.knowledge ? factsOf(bundle.knowledge) : new Set<string>();
  return factsIn(content).every((fact) => given.has(fact) || known.has(fact));
};

const speaks = (text: string, language: string): boolean => {
  if ((text.match(/\p{L}/gu)?.length ?? 0) < LANGUAGE_LETTERS_MIN) return true;
  const found = franc(text);
  return found === 'und' || found === language;
};

const wordsIn = (text: string): number => text.match(/\S+/gu)?.length ?? 0;

/** Whether an answer meets a check; the same answer always gets the same grade. Regular expressions run in time linear in the answer. */
export const meetsCheck = (check: AnswerCheck, answer: CheckedAnswer): boolean => {
  const text = answer.content.slice(0, ANSWER_CHARS_MAX);
  if (answer.finishReason === 'content_filter' || text.trim() === '' || isRefusal(text)) return false;
  if (check.kind === 'not_refused') return true;
  if (check.kind === 'grounded') return isGrounded({ ...answer, content: text });
  // Saying nothing is short, and in any language: that must not pass for good form.
  if (doesNotKnow(text)) return false;
  switch (check.kind) {
    case 'matches':
      return RE2JS.compile(check.pattern).matcher(text).find();
    case 'max_words':
      return wordsIn(text) <= check.words;
    case 'list':
      return text.split('\n').filter((line) => (check.ordered ? NUMBERED : BULLET).test(line)).length >= check.itemsMin;
    case 'json':
      return readJson(answer.content) !== undefined;
    case 'language':
      return speaks(text, check.language);
    case 'mentions':
      return check.phrases.every((phrase) => normalizeAnswer(text).includes(normalizeAnswer(phrase)));
  }
};
