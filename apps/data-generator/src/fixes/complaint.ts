import type { AnswerCheck } from '@ratchet/domain';
import type { FixFailure } from './fix-material.js';

/** What users want of the form of an answer, the rule that asks for it, and how to tell whether it was kept. */
export interface FormRule {
  readonly name: string;
  /** Goes on after "For questions such as these: ". */
  readonly rule: string;
  readonly check: AnswerCheck;
}

interface FormRow {
  readonly name: string;
  readonly wanted: RegExp;
  readonly ruleFor: (failures: readonly FixFailure[]) => Omit<FormRule, 'name'>;
}

const LANGUAGES: readonly (readonly [string, string])[] = [['english', 'eng'], ['german', 'deu'], ['french', 'fra'], ['spanish', 'spa'], ['italian', 'ita'], ['portuguese', 'por'], ['dutch', 'nld'], ['polish', 'pol']];
const SHORT_WORDS_MIN = 30;
const SHORT_WORDS_STEP = 10;

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Half of what was too long, in tens. */
const shortWords = (failures: readonly FixFailure[]): number => {
  const words = median(failures.map(({ response }) => response.match(/\S+/gu)?.length ?? 0));
  return Math.max(SHORT_WORDS_MIN, Math.floor(words / 2 / SHORT_WORDS_STEP) * SHORT_WORDS_STEP);
};

const fixed = (rule: string, check: AnswerCheck) => (): Omit<FormRule, 'name'> => ({ rule, check });

const rows: readonly FormRow[] = [
  { name: 'JSON', wanted: /\bjson\b/u, ruleFor: fixed('answer with JSON alone, without any text around it.', { kind: 'json' }) },
  { name: 'a table', wanted: /\b(?:table|columns)\b/u, ruleFor: fixed('answer with a Markdown table.', { kind: 'matches', pattern: '(?m)^\\s*\\|.+\\|\\s*$' }) },
  {
    name: 'numbered steps',
    wanted: /\bsteps?\b|\bstep by step\b|\bnumbered\b|\bin order\b/u,
    ruleFor: fixed('answer as numbered steps, one step a line, beginning with "1.", "2." and so on.', { kind: 'list', itemsMin: 2, ordered: true }),
  },
  { name: 'a list', wanted: /\bbullet(?:s|ed| points?)?\b|\blists?\b|\bwall of text\b/u, ruleFor: fixed('answer as a bullet list, one point a line, each beginning with "- ".', { kind: 'list', itemsMin: 2, ordered: false }) },
  ...LANGUAGES.map(([language, code]): FormRow => {
    const name = language.charAt(0).toUpperCase() + language.slice(1);
    return { name, wanted: new RegExp(`\\b(?:in|speak|write|use|to) ${language}\\b`, 'u'), ruleFor: fixed(`answer in ${name}.`, { kind: 'language', language: code }) };
  }),
  {
    name: 'short answers',
    wanted: /\b(?:too long|too wordy|verbose|shorter|brief(?:ly)?|concise|rambl\w+|get to the point|tl;?dr|summar(?:y|ise|ize))\b/u,
    ruleFor: (failures) => {
      const words = shortWords(failures);
      return { rule: `answer in at most ${words} words.`, check: { kind: 'max_words', words } };
    },
  },
];

/** What most of the comments ask for; undefined where none asks for a form that can be checked. */
export const wantedForm = (failures: readonly FixFailure[]): FormRule | undefined => {
  const comments = failures.flatMap((failure) => failure.comments.map((comment) => comment.toLowerCase()));
  const counted = rows.map((row) => ({ row, votes: comments.filter((comment) => row.wanted.test(comment)).length }));
  const best = counted.reduce<(typeof counted)[number] | undefined>((leader, entry) => (entry.votes > (leader?.votes ?? 0) ? entry : leader), undefined);
  return best && { name: best.row.name, ...best.row.ruleFor(failures) };
};
