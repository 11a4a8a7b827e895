import type { AnswerCheck, ExampleSource, ScorerChoice } from '@ratchet/domain';

/** What counts as right: the expected answer, an answer that meets a check, any answer but a refusal, or any answer that is not unsafe. */
export type Expectation = { readonly rule: 'same_answer'; readonly answer: string } | { readonly rule: 'meets_check'; readonly check: AnswerCheck } | { readonly rule: 'not_refused' } | { readonly rule: 'safe' };

/** One question that a judgement puts to the versions. */
export interface SuiteItem {
  readonly itemId: string;
  /** The example that it is made of; absent for what comes with the service. */
  readonly exampleId?: string;
  readonly suite: 'target' | 'general' | 'safety';
  readonly category: string;
  readonly prompt: string;
  readonly expectation: Expectation;
  /** Scores answers in place of the workload's scorer. */
  readonly scorer?: ScorerChoice | undefined;
  /** Its prompt was written by a machine. */
  readonly generated?: true;
}

/** Sources whose questions no person asked. */
export const MADE_BY_MACHINE: ReadonlySet<ExampleSource> = new Set(['variation', 'augmentation', 'curriculum']);

/** A stored example, as suites are made of it. */
export interface SuiteRow {
  readonly datasetId: string;
  readonly exampleId: string;
  readonly input: string;
  readonly output: string;
  /** Grades an answer in place of the output. */
  readonly check?: AnswerCheck | null;
  /** Scores answers in place of the workload's scorer, and of the check. */
  readonly scorer?: ScorerChoice | null;
  readonly source?: ExampleSource | null;
  readonly category: string | null;
  readonly opportunityId: string | null;
}
