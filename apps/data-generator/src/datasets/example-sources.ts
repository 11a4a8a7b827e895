import { createHash } from 'node:crypto';
import { normalizeAnswer, userHashOf, type Example } from '@ratchet/domain';
import type { SourceFailure } from '../generation/candidate.js';

/** One interaction that an example rests on. */
export interface ExampleSourceRow {
  readonly exampleId: string;
  readonly interactionId: string;
  /** Null where the product sent no user id: then nobody can ask for the user's erasure by one. */
  readonly userHash: string | null;
  /** It asked this very request. */
  readonly isRequest: boolean;
  /** Its user submitted this very answer. */
  readonly isAnswer: boolean;
}

export const answerHashOf = (answer: string): string => createHash('sha256').update(normalizeAnswer(answer)).digest('hex');

type Traced = Pick<Example, 'exampleId' | 'input' | 'output'> & { readonly interactionIds: readonly string[] };

/** Who is behind each example, as far as its failures are still known. */
export const sourcesOf = (examples: readonly Traced[], failures: readonly SourceFailure[]): ExampleSourceRow[] => {
  const byId = new Map(failures.map((failure) => [failure.interactionId, failure]));
  return examples.flatMap(({ exampleId, input, output, interactionIds }) =>
    [...new Set(interactionIds)].flatMap((interactionId): ExampleSourceRow[] => {
      const failure = byId.get(interactionId);
      if (!failure) return [];
      return [{
        exampleId,
        interactionId,
        userHash: failure.userId === undefined ? null : userHashOf(failure.userId),
        isRequest: normalizeAnswer(failure.query) === normalizeAnswer(input),
        isAnswer: failure.correction !== undefined && normalizeAnswer(failure.correction) === normalizeAnswer(output),
      }];
    }),
  );
};

/** The users who submitted the answers of these examples anywhere on the target: those whose agreement the examples rest on. */
export const voicesOf = (examples: readonly Pick<Example, 'output'>[], failures: readonly SourceFailure[]): { answerHash: string; userHash: string }[] => {
  const wanted = new Set(examples.map(({ output }) => normalizeAnswer(output)));
  const voices = new Map<string, { answerHash: string; userHash: string }>();
  for (const { correction, userId, conversationId } of failures) {
    if (correction === undefined || !wanted.has(normalizeAnswer(correction))) continue;
    // A conversation without a user counts as one user of its own.
    const voice = { answerHash: answerHashOf(correction), userHash: userHashOf(userId ?? `conversation:${conversationId}`) };
    voices.set(`${voice.answerHash} ${voice.userHash}`, voice);
  }
  return [...voices.values()];
};

/** An issued example, with what an erasure has to know of it. */
export interface Resting {
  readonly source: string;
  readonly sources: readonly Pick<ExampleSourceRow, 'userHash' | 'isRequest' | 'isAnswer'>[];
  readonly voicesBefore: number;
  readonly voicesAfter: number;
}

/**
 * What becomes of an example when a user is erased. `erase`: its request, or its answer, is that user's alone, or it was derived from what the user asked.
 * `withdraw`: others say the same, but too few for the rule that accepted it. `keep`: it stands without the user.
 */
export const fateOf = ({ source, sources, voicesBefore, voicesAfter }: Resting, { userHash, agreeingUsersMin }: { readonly userHash: string; readonly agreeingUsersMin: number }): 'erase' | 'withdraw' | 'keep' => {
  const isMine = (row: { readonly userHash: string | null }): boolean => row.userHash === userHash;
  const requests = sources.filter(({ isRequest }) => isRequest);
  if (requests.length > 0 ? requests.every(isMine) : sources.some((row) => isMine(row) && !row.isAnswer)) return 'erase';
  if (voicesBefore > 0 && voicesAfter === 0) return 'erase';
  const wasAgreed = source !== 'reviewer' && voicesBefore >= agreeingUsersMin;
  return wasAgreed && voicesAfter < agreeingUsersMin ? 'withdraw' : 'keep';
};
