import { sameAnswer, type DataRecipe } from '@ratchet/domain';
import type { Candidate, SourceFailure } from '../generation/candidate.js';
import type { OpenOpportunity } from '../persistence/opportunity.repository.js';
import type { QualityCheck } from '../filters/quality-check.js';
import type { RejectionReason } from '../filters/quality-filter.js';
import { augment, withVerdict, type AugmentationEnd } from './augment.js';
import { backCheck } from './back-check.js';
import { mapBounded } from './bounded.js';
import { makeCurriculum } from './make-curriculum.js';
import { generateWithCritique, type Critiqued } from './self-critique.js';
import { variationsLesson } from './shapes.js';
import type { AsksTeacher } from './teacher.js';

export interface TeachRules {
  /** Below this what the teacher wrote waits for a reviewer. */
  readonly confidenceMin: number;
  /** Questions of one opportunity under way at once. */
  readonly atOnce: number;
}

export interface TeachInput {
  readonly teacher: AsksTeacher;
  readonly opportunity: OpenOpportunity;
  readonly recipe: DataRecipe;
  readonly members: readonly SourceFailure[];
  readonly fromPeople: readonly Candidate[];
  readonly quality: QualityCheck;
  readonly rules: TeachRules;
  /** Issued in earlier runs for this opportunity, by source. */
  readonly issuedBefore: { readonly all: number; readonly curriculum: number };
}

export interface Lessons {
  readonly candidates: readonly Candidate[];
  readonly rejected: readonly RejectionReason[];
  /** Undefined where the recipe asks for none. */
  readonly augmentation?: { readonly attempts: number; readonly end: AugmentationEnd };
}

/** A wording keeps the answer of its source, but may have drifted from it. */
const VARIATION_FACTOR = 0.9;
/** Corrected requests that get wordings where no representative is among them. */
const VARIED_MAX = 5;

const isDirect = ({ state, source }: Candidate): boolean => state === 'accepted' && source === 'user_correction';

/** Why a taught answer needs a person; undefined where it does not. */
const doubtOf = ({ answer, confidence }: Critiqued, { correction }: SourceFailure, confidenceMin: number): string | undefined => {
  if (confidence === undefined) return "nobody has criticised the teacher's answer";
  if (confidence < confidenceMin) return `the teacher's confidence is below ${confidenceMin}`;
  // It saw the correction, so that it repeats it confirms nothing: one user alone would train the model.
  return correction !== undefined && sameAnswer(correction, answer) ? 'the teacher repeats what too few users wrote' : undefined;
};

/** Corrections for what nobody corrected; requests whose answers people agreed on are left to them. */
const correct = async ({ teacher, opportunity, recipe, members, fromPeople, rules }: TeachInput): Promise<Candidate[]> => {
  if (recipe.corrections !== 'taught') return [];
  const known = new Set(fromPeople.filter(isDirect).flatMap(({ interactionIds }) => interactionIds));
  const open = opportunity.representativeIds.flatMap((id) => (known.has(id) ? [] : (members.find(({ interactionId }) => interactionId === id) ?? [])));
  const taught = await mapBounded(open, rules.atOnce, async (failure): Promise<Candidate[]> => {
    const feedback = failure.correction === undefined ? opportunity.rootCauseReason : `${opportunity.rootCauseReason}. One user wrote: ${failure.correction}`;
    const lesson = await generateWithCritique(teacher, { request: failure.query, failedReply: failure.response, feedback });
    if (!lesson) return [];
    const doubt = doubtOf(lesson, failure, rules.confidenceMin);
    const accepted = doubt === undefined;
    return [{
      input: failure.query, output: lesson.answer, source: 'correction', confidence: lesson.confidence ?? 0, opportunityId: opportunity.opportunityId, interactionIds: [failure.interactionId],
      teacherCalls: lesson.teacherCalls, state: accepted ? 'accepted' : 'waiting', reason: doubt ?? `the teacher ${teacher.description}`,
    }];
  });
  return taught.flat();
};

/** Other wordings of requests whose answers are accepted: no money for wordings of an answer that may be wrong. */
const vary = async ({ teacher, opportunity, recipe, quality, rules, fromPeople }: TeachInput, corrections: readonly Candidate[]): Promise<{ candidates: Candidate[]; rejected: RejectionReason[] }> => {
  const rejected: RejectionReason[] = [];
  if (recipe.variations === 0) return { candidates: [], rejected };
  const direct = fromPeople.filter(isDirect);
  const representatives = direct.filter(({ interactionIds }) => interactionIds.some((id) => opportunity.representativeIds.includes(id)));
  const sources = [...corrections.filter(({ state }) => state === 'accepted'), ...(representatives.length > 0 ? representatives : direct.slice(0, VARIED_MAX))];
  const varied = await mapBounded(sources, rules.atOnce, async (source): Promise<Candidate[]> => {
    const wordings = await teacher.ask(variationsLesson, { request: source.input, howMany: recipe.variations });
    if (!wordings) return [];
    const made = wordings.value.requests.slice(0, recipe.variations).map((input): Candidate => ({
      ...source, input, source: 'variation', confidence: source.confidence * VARIATION_FACTOR, parent: { input: source.input, output: source.output },
      teacherCalls: [...(source.teacherCalls ?? []), wordings.contentHash], reason: `the teacher ${teacher.description} reworded a request`,
    }));
    const passed = made.filter((candidate) => {
      const reason = quality.check(candidate, source);
      if (reason) rejected.push(reason);
      return !reason;
    });
    return (await backCheck(teacher, passed)).flatMap(({ item, verdict, confidence, contentHash }) => {
      if (verdict !== 'does_not_fit') return [withVerdict(item, { verdict, confidence, contentHash, confidenceMin: rules.confidenceMin * VARIATION_FACTOR })];
      rejected.push('answer_does_not_fit');
      return [];
    });
  });
  return { candidates: varied.flat(), rejected };
};

const curriculumOf = ({ teacher, opportunity, members, quality, rules }: TeachInput, accepted: readonly Candidate[]): ReturnType<typeof makeCurriculum> => {
  const representatives = opportunity.representativeIds.flatMap((id) => members.find(({ interactionId }) => interactionId === id) ?? []);
  return makeCurriculum({
    teacher,
    opportunityId: opportunity.opportunityId,
    weakness: {
      rootCause: opportunity.rootCause ?? 'unknown', reason: opportunity.rootCauseReason, patterns: opportunity.commonPatterns,
      failures: representatives.map(({ query, response }) => ({ request: query, failedReply: response })),
      rightAnswers: accepted.slice(0, VARIED_MAX).map(({ input, output }) => ({ request: input, answer: output })),
    },
    interactionIds: representatives.map(({ interactionId }) => interactionId),
    qualityCheck: (candidate) => quality.check(candidate, undefined),
    confidenceMin: rules.confidenceMin,
  });
};

/** What the recipe asks of the teacher for one opportunity: corrections, wordings, a curriculum, and more examples up to a number. */
export const teachOpportunity = async (input: TeachInput): Promise<Lessons> => {
  const { teacher, opportunity, recipe, fromPeople, quality, rules, issuedBefore } = input;
  const corrections = await correct(input);
  const variations = await vary(input, corrections);
  const candidates = [...corrections, ...variations.candidates];
  const rejected = [...variations.rejected];
  const accepted = [...fromPeople, ...candidates].filter(({ state }) => state === 'accepted');
  if (recipe.curriculum && issuedBefore.curriculum === 0) {
    const curriculum = await curriculumOf(input, accepted.filter(({ source }) => source === 'user_correction' || source === 'correction'));
    candidates.push(...curriculum.candidates);
    rejected.push(...curriculum.rejected);
  }
  if (recipe.augmentTo === 0) return { candidates, rejected };
  const have = issuedBefore.all + [...fromPeople, ...candidates].filter((candidate) => candidate.state === 'accepted' && !quality.isIssued(candidate)).length;
  const { candidates: more, rejected: refused, attempts, end } = await augment({
    teacher, opportunityId: opportunity.opportunityId, sources: accepted.filter(({ source }) => source !== 'variation'), wanted: recipe.augmentTo - have, repeatsMax: issuedBefore.all,
    qualityCheck: (candidate, source) => quality.check(candidate, source), confidenceMin: rules.confidenceMin * VARIATION_FACTOR, atOnce: rules.atOnce,
  });
  return { candidates: [...candidates, ...more], rejected: [...rejected, ...refused], augmentation: { attempts, end } };
};
