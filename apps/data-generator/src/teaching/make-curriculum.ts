import type { Candidate } from '../generation/candidate.js';
import type { RejectionReason } from '../filters/quality-filter.js';
import { withVerdict } from './augment.js';
import { backCheck } from './back-check.js';
import { curriculumLesson, evaluationLesson } from './shapes.js';
import type { AsksTeacher } from './teacher.js';

const LEVELS = ['easy', 'medium', 'hard'] as const;
const PER_LEVEL = 5;
const EVALUATION_COUNT = 5;
const CONFIDENCE = 0.85;

export interface Weakness {
  readonly rootCause: string;
  readonly reason: string;
  readonly patterns: readonly string[];
  readonly failures: readonly { readonly request: string; readonly failedReply: string }[];
  readonly rightAnswers: readonly { readonly request: string; readonly answer: string }[];
}

export interface Curriculum {
  /** Easy first; those with `split: 'test'` are the evaluation set. */
  readonly candidates: readonly Candidate[];
  readonly rejected: readonly RejectionReason[];
}

export interface CurriculumInput {
  readonly teacher: AsksTeacher;
  readonly opportunityId: string;
  readonly weakness: Weakness;
  readonly interactionIds: readonly string[];
  readonly qualityCheck: (candidate: Candidate) => RejectionReason | undefined;
  readonly confidenceMin: number;
}

/** A learning path for one weakness: examples of each level, easy to hard, and an evaluation set that no training ever sees. */
export const makeCurriculum = async ({ teacher, opportunityId, weakness, interactionIds, qualityCheck, confidenceMin }: CurriculumInput): Promise<Curriculum> => {
  const rejected: RejectionReason[] = [];
  const candidates: Candidate[] = [];
  const take = async (made: readonly Candidate[]): Promise<void> => {
    const passed = made.filter((candidate) => {
      const reason = qualityCheck(candidate);
      if (reason) rejected.push(reason);
      return !reason;
    });
    for (const { item, verdict, confidence, contentHash } of await backCheck(teacher, passed)) {
      if (verdict === 'does_not_fit') rejected.push('answer_does_not_fit');
      else candidates.push(withVerdict(item, { verdict, confidence, contentHash, confidenceMin }));
    }
  };
  const candidateOf = ({ request, answer }: { request: string; answer: string }, contentHash: string): Candidate => ({
    input: request, output: answer, source: 'curriculum', confidence: CONFIDENCE, opportunityId, interactionIds, teacherCalls: [contentHash], state: 'accepted',
    reason: `the teacher ${teacher.description} wrote it for the curriculum`,
  });

  // The evaluation set comes first: what trains is then checked against it.
  const evaluation = await teacher.ask(evaluationLesson, { weakness, count: EVALUATION_COUNT });
  if (evaluation) await take(evaluation.value.examples.map((pair) => ({ ...candidateOf(pair, evaluation.contentHash), split: 'test' as const })));
  for (const level of LEVELS) {
    const made = await teacher.ask(curriculumLesson, { weakness, level, count: PER_LEVEL });
    if (made) await take(made.value.examples.map((pair) => ({ ...candidateOf(pair, made.contentHash), split: 'train' as const, difficulty: level })));
  }
  return { candidates, rejected };
};
