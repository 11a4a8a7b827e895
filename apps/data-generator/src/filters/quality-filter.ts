import { sameAnswer } from '@ratchet/domain';
import { scoreUnsafeContent } from '@ratchet/providers';
import { holdsContactData, holdsPaymentData, holdsSecret } from './private-data.js';
import { holdsPlaceholder } from './stored-texts.js';

export interface LengthLimits {
  readonly inputCharsMax: number;
  readonly outputCharsMax: number;
}

export const rejectionReasons = [
  'input_empty_or_too_short', 'input_too_long', 'output_empty', 'output_too_long', 'unsafe_content', 'secret', 'personal_data', 'same_as_failed_answer',
  'already_issued', 'contradicts_issued', 'contradicting_answers', 'duplicate', 'rejected_by_reviewer',
  'near_duplicate', 'other_language', 'meaning_drifted', 'answer_does_not_fit', 'leaks_test_item', 'evaluation_seen_in_training',
] as const;
export type RejectionReason = (typeof rejectionReasons)[number];

const INPUT_LETTERS_MIN = 2;

/** Better one good example too few; whether the trained model is safe, the safety gate judges. */
const UNSAFE_SCORE = 0.6;

const isUnsafe = (text: string): boolean => scoreUnsafeContent(text).score >= UNSAFE_SCORE;
const lettersIn = (text: string): number => text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;

/** Why a pair may not become an example, or undefined. `failedAnswers` are the replies that failed on this very request. */
export const reasonToReject = ({ input, output, failedAnswers, limits }: {
  readonly input: string;
  readonly output: string;
  readonly failedAnswers: readonly string[];
  readonly limits: LengthLimits;
}): RejectionReason | undefined => {
  if (lettersIn(input) < INPUT_LETTERS_MIN) return 'input_empty_or_too_short';
  if (input.length > limits.inputCharsMax) return 'input_too_long';
  if (lettersIn(output) === 0) return 'output_empty';
  if (output.length > limits.outputCharsMax) return 'output_too_long';
  if (isUnsafe(input) || isUnsafe(output)) return 'unsafe_content';
  if (holdsSecret(input) || holdsSecret(output)) return 'secret';
  if (holdsPaymentData(input) || holdsPaymentData(output) || holdsContactData(input) || holdsPlaceholder(output)) return 'personal_data';
  return failedAnswers.some((answer) => sameAnswer(answer, output)) ? 'same_as_failed_answer' : undefined;
};
