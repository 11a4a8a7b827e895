import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { hashEmbedding } from '@ratchet/embedded-model';
import type { Logger } from '@ratchet/observability';
import { QualityCheck, type QualityContext } from '../filters/quality-check.js';
import type { RejectionReason } from '../filters/quality-filter.js';
import type { IssuedExamples } from '../persistence/example.repository.js';
import type { OpenOpportunity } from '../persistence/opportunity.repository.js';
import { teachOpportunity, type TeachRules } from '../teaching/teach-opportunity.js';
import type { AsksTeacher } from '../teaching/teacher.js';
import { usersByAnswer } from './agreement.js';
import { isCorrected, type Candidate, type SourceFailure } from './candidate.js';
import { canonicalAnswers } from './canonical-answers.js';
import { confirmedWordings, type ContentRequest } from './confirmed-wordings.js';
import { gatherCandidates, type GatherRules } from './gather-candidates.js';
import { recipeOf, spreads } from './recipes.js';
import { traceLineage } from './trace-lineage.js';
import type { Config } from '../config.js';

export interface Material {
  readonly opportunities: readonly OpenOpportunity[];
  readonly failures: readonly SourceFailure[];
  readonly issued: IssuedExamples;
  /** Requests of the sample that went well. */
  readonly content: readonly ContentRequest[];
}

export interface Gathered {
  readonly candidates: readonly Candidate[];
  /** What was made and did not pass. */
  readonly rejected: readonly RejectionReason[];
}

const rulesOf = (config: Config, opportunity: OpenOpportunity): GatherRules => ({
  mode: config.REVIEW_MODE,
  agreeingUsersMin: config.REVIEW_AGREEING_USERS,
  agreementMin: config.REVIEW_MIN_AGREEMENT,
  similarityMin: config.REVIEW_SIMILARITY,
  neighbourSimilarityMin: spreads(opportunity, config) ? config.NEIGHBOUR_MIN_SIMILARITY : undefined,
});

const NONE_ISSUED = { all: 0, curriculum: 0 };

/** All that one run may make examples of: from people first, for every opportunity, then from the teacher, who must not repeat or contradict them. */
export const gatherRun = async ({ material, config, context, teacher, teachRules, logger }: {
  readonly material: Material;
  readonly config: Config;
  readonly context: Omit<QualityContext, 'issued' | 'issuedTexts'>;
  readonly teacher: AsksTeacher | undefined;
  readonly teachRules: TeachRules;
  readonly logger: Logger;
}): Promise<Gathered> => {
  const { opportunities, failures, issued } = material;
  const byId = new Map(failures.map((failure) => [failure.interactionId, failure]));
  const corrected = failures.filter(isCorrected);
  const users = usersByAnswer(corrected);
  const canonical = canonicalAnswers({ issued: issued.outputs, responses: failures.map(({ response }) => response), corrections: corrected.map(({ correction }) => correction) });
  const quality = new QualityCheck({ ...context, issued: issued.byInput, issuedTexts: issued.texts });
  const taken = new Set<string>();
  const work: { opportunity: OpenOpportunity; members: SourceFailure[]; fromPeople: Candidate[] }[] = [];
  for (const opportunity of opportunities) {
    // An analysis puts a failure into one opportunity; between two analyses the more urgent one has it.
    const members = opportunity.interactionIds.flatMap((id) => (taken.has(id) ? [] : (byId.get(id) ?? [])));
    for (const { interactionId } of members) taken.add(interactionId);
    const vectors = new Map(members.map((failure) => [failure.interactionId, hashEmbedding(failure.query)]));
    const vectorOf = ({ interactionId }: SourceFailure): Float32Array => vectors.get(interactionId) ?? new Float32Array(0);
    const fromPeople = gatherCandidates({ opportunityId: opportunity.opportunityId, failures: members, users, vectorOf, canonical, rules: rulesOf(config, opportunity) });
    const direct = fromPeople.filter(({ state, source }) => state === 'accepted' && source === 'user_correction');
    const wordings = confirmedWordings({
      content: material.content, accepted: direct, byId, vectorOf: (text) => hashEmbedding(text), similarityMin: config.NEIGHBOUR_MIN_SIMILARITY, perRequest: recipeOf(opportunity, config).variations,
    });
    quality.learn([...fromPeople, ...wordings]);
    work.push({ opportunity, members, fromPeople: [...fromPeople, ...wordings] });
    await yieldToOthers();
  }

  const candidates: Candidate[] = [];
  const rejected: RejectionReason[] = [];
  for (const { opportunity, members, fromPeople } of work) {
    const made = [...fromPeople];
    if (teacher && !teacher.stop) {
      const issuedBefore = issued.byOpportunity.get(opportunity.opportunityId) ?? NONE_ISSUED;
      const lessons = await teachOpportunity({ teacher, opportunity, recipe: recipeOf(opportunity, config), members, fromPeople, quality, rules: teachRules, issuedBefore });
      made.push(...lessons.candidates.map((candidate) => (candidate.source === 'correction' ? { ...candidate, output: canonical(candidate.output) } : candidate)));
      rejected.push(...lessons.rejected);
      if (lessons.augmentation && lessons.augmentation.end !== 'reached') logger.info('augmentation ended before its target', { opportunityId: opportunity.opportunityId, ...lessons.augmentation });
    }
    candidates.push(...traceLineage({ candidates: made, opportunity, byId }));
  }
  return { candidates, rejected };
};
