import type { AsksTeacher } from './teacher.js';
import { correctionLesson, critiqueLesson, improvementLesson } from './shapes.js';

const ITERATIONS_MAX = 3;
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
  const iterations: { answer: string; score: number; feedback: string }[] = [];
  const criticise = async (answer: string): Promise<boolean> => {
    const critique = await teacher.ask(critiqueLesson, { ...question, newReply: answer });
    if (!critique) return false;
    teacherCalls.push(critique.contentHash);
    iterations.push({ answer, ...critique.value });
    return true;
  };

  const first = await teacher.ask(correctionLesson, question);
  if (!first) return undefined;
  teacherCalls.push(first.contentHash);
  const unchecked = first.value.answer;
  if (!(await criticise(unchecked))) return { answer: unchecked, confidence: undefined, iterations, teacherCalls };
  for (let i = 0; i < ITERATIONS_MAX; i += 1) {
    const last = iterations.at(-1);
    if (!last || last.score > GOOD_ENOUGH) break;
    const improved = await teacher.ask(improvementLesson, { request: question.request, reply: last.answer, critique: last.feedback });
    if (!improved) break;
    teacherCalls.push(improved.contentHash);
    if (!(await criticise(improved.value.answer))) break;
  }
  const { answer, score } = iterations.at(-1) ?? { answer: unchecked, score: 0 };
  return { answer, confidence: score * (HEDGING.test(answer) ? HEDGED_FACTOR : 1), iterations, teacherCalls };
};
