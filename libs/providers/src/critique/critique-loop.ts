/** An answer and what the critic said of it. */
export interface Judged<Answer, Critique> {
  readonly answer: Answer;
  readonly critique: Critique;
}

export interface CritiqueLoop<Answer, Critique extends { readonly score: number }> {
  readonly first: Answer;
  readonly critiquesMax: number;
  /** A score above it, not at it, ends the loop. */
  readonly goodAbove: number;
  /** Undefined ends the loop: there is no critique to go by. */
  criticise(answer: Answer): Promise<Critique | undefined>;
  /** Undefined ends the loop: there is no better answer to look at. */
  improve(judged: Judged<Answer, Critique>): Promise<Answer | undefined>;
}

/** `unanswered`: a critique or an improvement did not come. */
export type LoopEnd = 'score' | 'rounds' | 'unanswered';

/** Criticise, improve by the critique, criticise again; gives every answer that was criticised, in turn. */
export const critiqueLoop = async <Answer, Critique extends { readonly score: number }>({ first, critiquesMax, goodAbove, criticise, improve }: CritiqueLoop<Answer, Critique>): Promise<{
  readonly judged: readonly Judged<Answer, Critique>[];
  readonly ended: LoopEnd;
}> => {
  const judged: Judged<Answer, Critique>[] = [];
  for (let answer = first; ; ) {
    const critique = await criticise(answer);
    if (critique === undefined) return { judged, ended: 'unanswered' };
    const last = { answer, critique };
    judged.push(last);
    if (critique.score > goodAbove) return { judged, ended: 'score' };
    if (judged.length >= critiquesMax) return { judged, ended: 'rounds' };
    const next = await improve(last);
    if (next === undefined) return { judged, ended: 'unanswered' };
    answer = next;
  }
};
