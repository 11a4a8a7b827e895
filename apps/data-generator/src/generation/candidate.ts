import { normalizeAnswer, type Augmentation, type Example, type ExampleSource, type SignalName, type Target } from '@ratchet/domain';
import { derivedId } from '@ratchet/observability';

/** A failure that a run may learn from, with the user's latest correction. */
export interface SourceFailure {
  readonly interactionId: string;
  readonly conversationId: string;
  readonly userId?: string;
  readonly query: string;
  readonly response: string;
  readonly correction?: string;
  readonly signals: readonly SignalName[];
  readonly startedAtMs: number;
}

export interface CorrectedFailure extends SourceFailure {
  readonly correction: string;
}

export const isCorrected = (failure: SourceFailure): failure is CorrectedFailure => failure.correction !== undefined;

/** Who counts as one user where the product sends no user id: the conversation. */
export const userOf = ({ userId, conversationId }: Pick<SourceFailure, 'userId' | 'conversationId'>): string => (userId === undefined ? `conversation:${conversationId}` : `user:${userId}`);

/** Answers with one key are one answer. */
export const answerKeyOf = normalizeAnswer;

/** An example that may be: accepted, or waiting for more users or a reviewer. */
export interface Candidate {
  readonly input: string;
  readonly output: string;
  readonly source: ExampleSource;
  /** 0..1. */
  readonly confidence: number;
  readonly opportunityId: string;
  readonly interactionIds: readonly string[];
  readonly agreeingUsers?: number;
  readonly state: 'accepted' | 'waiting';
  /** Who approved it, where people did. */
  readonly reviewers?: readonly string[];
  /** Who or what accepted it, or why it waits. */
  readonly reason: string;
  /** Decided where it was made; otherwise the whole dataset decides. */
  readonly split?: 'train' | 'test';
  readonly difficulty?: NonNullable<Example['difficulty']>;
  readonly augmentation?: Augmentation;
  /** The example that it was made of. */
  readonly parent?: { readonly input: string; readonly output: string };
  /** Content hashes of the questions to the teacher that it rests on. */
  readonly teacherCalls?: readonly string[];
  readonly clusterId?: string;
  readonly strategyId?: string;
  /** Names of the signals that made its interactions failures. */
  readonly signals?: readonly string[];
  /** The reply that failed on this very request. */
  readonly rejectedOutput?: string;
}

/** Whether a machine wrote the request, also where a reviewer accepted it since. */
export const isGenerated = ({ source, parent, split }: Pick<Candidate, 'source' | 'parent' | 'split'>): boolean =>
  source === 'variation' || source === 'augmentation' || source === 'curriculum' || parent !== undefined || split !== undefined;

/** The natural key: the same request with the same answer on one target is one example, however often it comes. */
export const exampleIdOf = ({ model, workload }: Target, { input, output }: { readonly input: string; readonly output: string }): string =>
  derivedId('example', model, workload, normalizeAnswer(input), answerKeyOf(output));
