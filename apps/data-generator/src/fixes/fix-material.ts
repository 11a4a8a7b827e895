import { normalizeAnswer, type AnswerCheck, type Bundle, type Example, type FixPatch, type Target } from '@ratchet/domain';
import { derivedId } from '@ratchet/observability';
import { holdsContactData, holdsPaymentData, holdsSecret } from '../filters/private-data.js';
import type { SourceFailure } from '../generation/candidate.js';
import type { FixWriter } from './fix-writer.js';

/** A failure with what its user wrote about the reply. */
export interface FixFailure extends SourceFailure {
  readonly comments: readonly string[];
}

/** What a request should have been answered with, by enough users or by a reviewer. */
export interface AcceptedAnswer {
  readonly request: string;
  readonly answer: string;
  readonly failedReply?: string;
  readonly source: 'user_correction' | 'reviewer';
  readonly confidence: number;
  readonly interactionIds: readonly string[];
  readonly acceptedBy: string;
}

/** All that a fix of one opportunity is made of. */
export interface FixMaterial {
  readonly target: Target;
  readonly opportunityId: string;
  readonly rootCauseReason: string;
  /** Of the version that serves. */
  readonly bundle: Bundle;
  readonly failures: readonly FixFailure[];
  readonly accepted: readonly AcceptedAnswer[];
  /** Heading of the opportunity's section in the system prompt, the same at every proposal. */
  readonly heading: string;
  /** Undefined where no teacher is configured. */
  readonly writer: FixWriter | undefined;
  readonly limits: { readonly inputCharsMax: number; readonly outputCharsMax: number; readonly teacherConfidenceMin: number };
}

/** One question on which the candidate must do better: with the expected answer, or with a check in its place. */
export interface FixTest {
  readonly input: string;
  readonly output: string;
  readonly check?: AnswerCheck;
  readonly source: Example['source'];
  readonly confidence: number;
  readonly interactionIds: readonly string[];
  readonly acceptedBy?: string;
}

export type FixRefusal = 'no_material' | 'no_check' | 'no_teacher' | 'teacher_unsure' | 'no_filter' | 'at_the_limit' | 'too_few_helped';

export type BuiltFix =
  | { readonly ok: true; readonly patch: FixPatch; readonly summary: string; readonly tests: readonly FixTest[] }
  | { readonly ok: false; readonly reason: FixRefusal; readonly message: string };

export const refuse = (reason: FixRefusal, message: string): BuiltFix => ({ ok: false, reason, message });

/** What a version quotes, or a suite asks for ever, must name no person and no secret. */
export const mayBeKept = (text: string, charsMax: number): boolean => text.trim() !== '' && text.length <= charsMax && !holdsSecret(text) && !holdsPaymentData(text) && !holdsContactData(text);

/** Each request once, without those that may not be kept. */
export const keepTests = (tests: readonly FixTest[], { inputCharsMax }: Pick<FixMaterial['limits'], 'inputCharsMax'>): FixTest[] => {
  const byInput = new Map<string, FixTest>();
  for (const test of tests) {
    const key = normalizeAnswer(test.input);
    if (!byInput.has(key) && mayBeKept(test.input, inputCharsMax)) byInput.set(key, test);
  }
  return [...byInput.values()];
};

/** The failures' own requests, graded by a check: for fixes that nobody said the right answer to. */
export const testsByCheck = (failures: readonly FixFailure[], check: AnswerCheck): FixTest[] =>
  failures.map(({ query, interactionId }) => ({ input: query, output: '', check, source: 'conversation', confidence: 1, interactionIds: [interactionId] }));

/** Ids of test examples are apart from those of training examples with the same texts. */
export const fixExampleOf = ({ target, opportunityId, strategyId, test }: { target: Target; opportunityId: string; strategyId?: string | undefined; test: FixTest }): Example => {
  const { input, output, check, source, confidence, interactionIds, acceptedBy } = test;
  return {
    exampleId: derivedId('fix-test', target.model, target.workload, normalizeAnswer(input), normalizeAnswer(output), JSON.stringify(check ?? null)),
    input,
    output,
    ...(check && { check }),
    source,
    split: 'test',
    confidence,
    lineage: { interactionIds: [...interactionIds], opportunityId, ...(strategyId !== undefined && { strategyId }), ...(acceptedBy !== undefined && { acceptedBy }) },
  };
};
