import { createHash } from 'node:crypto';
import type { Augmentation } from '@ratchet/domain';
import type { Candidate } from '../generation/candidate.js';
import type { RejectionReason } from '../filters/quality-filter.js';
import { backCheck } from './back-check.js';
import { mapBounded } from './bounded.js';
import { augmentationLesson } from './shapes.js';
import type { AsksTeacher } from './teacher.js';

/** The five kinds of the method, and edge cases beside them. */
const KINDS: readonly Augmentation[] = ['paraphrase', 'add_complexity', 'reduce_complexity', 'add_constraint', 'change_domain', 'edge_case'];
/** For these the answer stays as it is, word for word. */
const KEEPS_ANSWER: ReadonlySet<Augmentation> = new Set(['paraphrase', 'add_complexity', 'reduce_complexity']);
const DIFFICULTY: Partial<Record<Augmentation, NonNullable<Candidate['difficulty']>>> = { add_complexity: 'hard', reduce_complexity: 'easy', edge_case: 'hard', add_constraint: 'hard' };

const ATTEMPTS_PER_EXAMPLE = 3;
/** From so many attempts on, the share of accepted ones is looked at. */
const JUDGED_FROM = 12;
const ACCEPTED_SHARE_MIN = 0.2;
/** What is made of an example is trusted less than the example. */
const DERIVED_FACTOR = 0.9;

export type AugmentationEnd = 'reached' | 'nothing_to_augment' | 'too_few_accepted' | 'attempts_used_up' | 'teacher_stopped';

export interface Augmented {
  readonly candidates: readonly Candidate[];
  readonly rejected: readonly RejectionReason[];
  readonly attempts: number;
  readonly end: AugmentationEnd;
}

/** A draw that repeats: the same run after a crash asks the same questions, and pays for none of them again. */
const draw = (count: number, ...parts: (string | number)[]): number => createHash('sha256').update(JSON.stringify(parts)).digest().readUInt32BE(0) % count;

export interface AugmentInput {
  readonly teacher: AsksTeacher;
  readonly opportunityId: string;
  readonly sources: readonly Candidate[];
  /** Examples still wanted. */
  readonly wanted: number;
  /** Attempts that may come to what was issued before, and cost nothing: results are kept. They are not counted. */
  readonly repeatsMax: number;
  /** Also takes note of what it lets through, so that the next one is no near-duplicate of it. */
  readonly qualityCheck: (candidate: Candidate, source: Candidate) => RejectionReason | undefined;
  readonly confidenceMin: number;
  readonly atOnce: number;
}

/** Tops the examples of one opportunity up. The loop ends: by its target, its attempts, a poor share of accepted ones, or the teacher's end. */
export const augment = async ({ teacher, opportunityId, sources, wanted, repeatsMax, qualityCheck, confidenceMin, atOnce }: AugmentInput): Promise<Augmented> => {
  const candidates: Candidate[] = [];
  const rejected: RejectionReason[] = [];
  let attempts = 0;
  let repeats = 0;
  const result = (end: AugmentationEnd): Augmented => ({ candidates, rejected, attempts: attempts - repeats, end });
  if (wanted <= 0) return result('reached');
  if (sources.length === 0) return result('nothing_to_augment');

  const attempt = async (number: number): Promise<Candidate | undefined> => {
    const source = sources[draw(sources.length, opportunityId, 'source', number)] as Candidate;
    const kind = KINDS[draw(KINDS.length, opportunityId, 'kind', number)] as Augmentation;
    const made = await teacher.ask(augmentationLesson, { request: source.input, answer: source.output, change: kind, number });
    if (!made) return undefined;
    const difficulty = DIFFICULTY[kind];
    return {
      input: made.value.request, output: KEEPS_ANSWER.has(kind) ? source.output : made.value.answer, source: 'augmentation', augmentation: kind, opportunityId,
      confidence: Math.min(source.confidence * DERIVED_FACTOR, made.value.confidence), interactionIds: source.interactionIds, parent: { input: source.input, output: source.output },
      teacherCalls: [...(source.teacherCalls ?? []), made.contentHash], ...(difficulty && { difficulty }), state: 'accepted', reason: `the teacher ${teacher.description} augmented an example`,
    };
  };

  while (candidates.length < wanted) {
    if (teacher.stop) return result('teacher_stopped');
    const counted = attempts - repeats;
    if (counted >= wanted * ATTEMPTS_PER_EXAMPLE) return result('attempts_used_up');
    if (counted >= JUDGED_FROM && candidates.length / counted < ACCEPTED_SHARE_MIN) return result('too_few_accepted');
    const round = Array.from({ length: Math.min(atOnce, wanted - candidates.length) }, (_, i) => attempts + i);
    attempts += round.length;
    const made = (await mapBounded(round, atOnce, attempt)).filter((candidate) => candidate !== undefined);
    const passed = made.filter((candidate) => {
      const parent = sources.find(({ input }) => input === candidate.parent?.input) as Candidate;
      const reason = qualityCheck(candidate, parent);
      if (reason === 'already_issued' && repeats < repeatsMax) repeats += 1;
      if (reason) rejected.push(reason);
      return !reason;
    });
    for (const { item, verdict, confidence, contentHash } of await backCheck(teacher, passed)) {
      if (verdict === 'does_not_fit') rejected.push('answer_does_not_fit');
      else candidates.push(withVerdict(item, { verdict, confidence, contentHash, confidenceMin }));
    }
  }
  return result('reached');
};

/** What the teacher said of a derived example decides whether it trains or waits for a person. */
export const withVerdict = (
  item: Candidate,
  { verdict, confidence, contentHash, confidenceMin }: { verdict: 'fits' | 'unchecked'; confidence: number; contentHash: string | undefined; confidenceMin: number },
): Candidate => {
  const teacherCalls = [...(item.teacherCalls ?? []), ...(contentHash === undefined ? [] : [contentHash])];
  if (verdict === 'unchecked') return { ...item, teacherCalls, state: 'waiting', reason: 'nobody has checked that the answer fits the request' };
  const certain = Math.min(item.confidence, confidence);
  if (certain < confidenceMin) return { ...item, teacherCalls, confidence: certain, state: 'waiting', reason: `the teacher's confidence is below ${confidenceMin}` };
  return { ...item, teacherCalls, confidence: certain };
};
