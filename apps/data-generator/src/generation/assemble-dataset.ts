import { createHash } from 'node:crypto';
import { EXAMPLES_PER_EVENT, normalizeAnswer, type Example, type Target } from '@ratchet/domain';
import { hashEmbedding } from '@ratchet/embedded-model';
import { derivedId } from '@ratchet/observability';
import { settleContradictions } from '../filters/contradictions.js';
import type { IssuedText } from '../filters/leakage.js';
import { reasonToReject, type LengthLimits, type RejectionReason } from '../filters/quality-filter.js';
import { answerKeyOf, exampleIdOf, type Candidate } from './candidate.js';
import { centreOf, difficultyOf } from './difficulty.js';
import { placeExamples } from './place-examples.js';

/** Ids that one example carries along at most. */
const LINEAGE_INTERACTIONS_MAX = 50;
/** Text of one event at most: brokers take records up to a megabyte. */
const EVENT_CHARS_MAX = 300_000;

export type ReviewDecision = 'accepted' | 'rejected';

export interface AssemblyInput {
  readonly target: Target;
  readonly candidates: readonly Candidate[];
  /** What reviewers decided, by example id. */
  readonly decisions: ReadonlyMap<string, ReviewDecision>;
  /** Answer keys issued before, by normalised request. */
  readonly issued: ReadonlyMap<string, ReadonlySet<string>>;
  /** Replies that failed, by normalised request. */
  readonly failedAnswers: ReadonlyMap<string, readonly string[]>;
  readonly limits: LengthLimits;
  /** Texts of all datasets of the target. */
  readonly issuedTexts?: readonly IssuedText[];
  /** Why candidates did not even come here; they are counted with the rest. */
  readonly refused?: readonly RejectionReason[];
}

export interface Waiting {
  readonly exampleId: string;
  readonly candidate: Candidate;
}

export interface Assembly {
  readonly datasetId: string;
  /** SHA-256 over the sorted example ids. */
  readonly contentHash: string;
  readonly examples: readonly Example[];
  readonly waiting: readonly Waiting[];
  readonly rejected: readonly { readonly reason: RejectionReason; readonly count: number }[];
}

interface Sifted {
  readonly accepted: Candidate[];
  readonly waiting: Waiting[];
  readonly reasons: RejectionReason[];
}

const sift = ({ target, candidates, decisions, issued, failedAnswers, limits }: AssemblyInput): Sifted => {
  const accepted: Candidate[] = [];
  const waiting: Waiting[] = [];
  const reasons: RejectionReason[] = [];
  for (const candidate of candidates) {
    const { input, output } = candidate;
    const exampleId = exampleIdOf(target, candidate);
    const decision = decisions.get(exampleId);
    const earlier = issued.get(normalizeAnswer(input));
    const reason =
      reasonToReject({ input, output, failedAnswers: failedAnswers.get(normalizeAnswer(input)) ?? [], limits }) ??
      (decision === 'rejected' ? 'rejected_by_reviewer' : undefined) ??
      (earlier?.has(answerKeyOf(output)) ? 'already_issued' : undefined) ??
      (earlier && decision !== 'accepted' ? 'contradicts_issued' : undefined);
    if (reason) reasons.push(reason);
    else if (decision === 'accepted') accepted.push({ ...candidate, source: 'reviewer', confidence: 1, state: 'accepted', reason: candidate.reviewers ? candidate.reason : 'a reviewer accepted it' });
    else if (candidate.state === 'accepted') accepted.push(candidate);
    else waiting.push({ exampleId, candidate });
  }
  return { accepted, waiting, reasons };
};

const withDifficulty = (candidates: readonly Candidate[]): Map<Candidate, NonNullable<Example['difficulty']>> => {
  const vectors = new Map(candidates.map((candidate) => [candidate, hashEmbedding(candidate.input)]));
  const difficulties = new Map<Candidate, NonNullable<Example['difficulty']>>();
  for (const group of Map.groupBy(candidates, ({ output }) => answerKeyOf(output)).values()) {
    const centre = centreOf(group.map((candidate) => vectors.get(candidate) ?? []));
    for (const candidate of group) difficulties.set(candidate, difficultyOf({ input: candidate.input, vector: vectors.get(candidate) ?? [], centre }));
  }
  return difficulties;
};

const lineageOf = (target: Target, candidate: Candidate): Example['lineage'] => {
  const { opportunityId, clusterId, strategyId, agreeingUsers, parent, signals, teacherCalls } = candidate;
  return {
    interactionIds: candidate.interactionIds.slice(0, LINEAGE_INTERACTIONS_MAX),
    opportunityId,
    ...(clusterId !== undefined && { clusterId }),
    ...(signals && signals.length > 0 && { signals: [...signals] }),
    ...(parent && { parentExampleId: exampleIdOf(target, parent) }),
    ...(teacherCalls && teacherCalls.length > 0 && { teacherCalls: [...teacherCalls] }),
    ...(strategyId !== undefined && { strategyId }),
    ...(agreeingUsers !== undefined && { agreeingUsers }),
    acceptedBy: candidate.reason,
    ...(candidate.reviewers && { reviewers: [...candidate.reviewers] }),
  };
};

const toExamples = (target: Target, candidates: readonly Candidate[], issuedTexts: readonly IssuedText[]): { examples: Example[]; dropped: readonly RejectionReason[] } => {
  const difficulties = withDifficulty(candidates);
  const { rows, dropped } = placeExamples({ rows: candidates.map((candidate) => ({ candidate, exampleId: exampleIdOf(target, candidate) })), issuedTexts });
  const examples = rows.map(({ candidate, exampleId, split }): Example => {
    const difficulty = candidate.difficulty ?? difficulties.get(candidate);
    return {
      exampleId,
      input: candidate.input,
      output: candidate.output,
      source: candidate.source,
      split,
      confidence: candidate.confidence,
      ...(difficulty && { difficulty }),
      ...(candidate.augmentation && { augmentation: candidate.augmentation }),
      ...(candidate.rejectedOutput !== undefined && { rejectedOutput: candidate.rejectedOutput }),
      lineage: lineageOf(target, candidate),
    };
  });
  return { examples, dropped };
};

const count = (reasons: readonly RejectionReason[]): Assembly['rejected'] =>
  [...Map.groupBy(reasons, (reason) => reason)].map(([reason, { length }]) => ({ reason, count: length })).sort((a, b) => (a.reason < b.reason ? -1 : 1));

/** From candidates to the rows of a dataset: filters, contradictions, reviewers' decisions, difficulty and split. Only new examples come out. */
export const assembleDataset = (input: AssemblyInput): Assembly => {
  const { target } = input;
  const { accepted, waiting, reasons } = sift(input);
  const { kept, dropped } = settleContradictions(accepted);
  const { examples, dropped: leaked } = toExamples(target, kept, input.issuedTexts ?? []);
  const issuedNow = new Set(examples.map(({ exampleId }) => exampleId));
  const contentHash = createHash('sha256').update(examples.map(({ exampleId }) => exampleId).join('\n')).digest('hex');
  const stillWaiting = new Map(waiting.filter(({ exampleId }) => !issuedNow.has(exampleId)).map((item) => [item.exampleId, item]));
  return {
    datasetId: derivedId('dataset', target.model, target.workload, contentHash),
    contentHash,
    examples,
    waiting: [...stillWaiting.values()],
    rejected: count([...(input.refused ?? []), ...reasons, ...dropped.map(({ reason }) => reason), ...leaked]),
  };
};

/** Rows for one event each: bounded in number and in size. */
export const chunkExamples = (examples: readonly Example[]): Example[][] => {
  const chunks: Example[][] = [];
  let chars = 0;
  for (const example of examples) {
    const size = JSON.stringify(example).length;
    const last = chunks.at(-1);
    if (!last || last.length >= EXAMPLES_PER_EVENT || chars + size > EVENT_CHARS_MAX) {
      chunks.push([example]);
      chars = size;
    } else {
      last.push(example);
      chars += size;
    }
  }
  return chunks;
};
