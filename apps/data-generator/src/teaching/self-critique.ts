import { critiqueLoop } from '@ratchet/providers';
import type { z } from 'zod';
import { correctionLesson, critiqueLesson, improvementLesson, type Lesson } from './shapes.js';
import type { AsksTeacher } from './teacher.js';

const IMPROVEMENTS_MAX = 3;
const GOOD_ENOUGH = 0.9;

/** An answer that hedges is trusted less, whatever its score. */
const HEDGING = /\b(?:not sure|i (?:do not|don't) know|might be|cannot be certain|as an ai)\b/iu;
const HEDGED_FACTOR = 0.4;

export interface Critiqued {
  readonly answer: string;
  /** The last critique's score, lowered where the answer hedges; undefined where nobody criticised the answer. */
  readonly confidence: number | undefined;
  /** One for each answer in turn. */
  readonly iterations: readonly { readonly answer: string; readonly score: number; readonly feedback: string }[];
  /** Questions behind it, in order. */
  readonly teacherCalls: readonly string[];
}

/**
 * Generate, criticise, improve: at most three times, and no further than a score above 0.9. Undefined where there is not even a first answer; where the
 * teacher ends in the middle, the last answer that was criticised stands.
 */
export const generateWithCritique = async (teacher: AsksTeacher, question: { readonly request: string; readonly failedReply: string; readonly feedback: string }): Promise<Critiqued | undefined> => {
  const teacherCalls: string[] = [];
  const ask = async <Schema extends z.ZodType>(lesson: Lesson<Schema>, input: object): Promise<z.infer<Schema> | undefined> => {
    const taught = await teacher.ask(lesson, input);
    if (taught) teacherCalls.push(taught.contentHash);
    return taught?.value;
  };

  const first = await ask(correctionLesson, question);
  if (!first) return undefined;
  const { judged } = await critiqueLoop({
    first: first.answer,
    critiquesMax: 1 + IMPROVEMENTS_MAX,
    goodAbove: GOOD_ENOUGH,
    criticise: (newReply) => ask(critiqueLesson, { ...question, newReply }),
    improve: async ({ answer, critique }) => (await ask(improvementLesson, { request: question.request, reply: answer, critique: critique.feedback }))?.answer,
  });
  const iterations = judged.map(({ answer, critique }) => ({ answer, ...critique }));
  const last = iterations.at(-1);
  if (!last) return { answer: first.answer, confidence: undefined, iterations, teacherCalls };
  return { answer: last.answer, confidence: last.score * (HEDGING.test(last.answer) ? HEDGED_FACTOR : 1), iterations, teacherCalls };
};
