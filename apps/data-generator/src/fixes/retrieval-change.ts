import type { FixPatch, PatchRecipe } from '@ratchet/domain';
import { DEFAULT_RETRIEVAL } from '@ratchet/providers';
import { mentionsNewFacts } from './facts.js';
import { keepTests, refuse, testsByCheck, type BuiltFix, type FixMaterial, type FixTest } from './fix-material.js';

type Recipe = Extract<PatchRecipe, { kind: 'retrieval_change' }>;

export const TOP_K_MAX = 20;
export const MIN_SCORE_MAX = 0.9;

/** The same for every opportunity of a target: the rule is about all answers. */
export const GROUNDED_HEADING = '## What may be said';
const GROUNDED_ONLY = 'Say nothing that the facts you are given do not say. Where they do not answer the question, say that you do not know. Never make up numbers, names, dates or links.';

const clamp = (value: number, least: number, most: number): number => Math.round(Math.min(most, Math.max(least, value)) * 1_000) / 1_000;

const retrievalOf = ({ bundle }: FixMaterial, { topKBy, minScoreBy }: Recipe): FixPatch['retrieval'] => {
  const current = bundle.retrieval ?? DEFAULT_RETRIEVAL;
  if (!bundle.knowledge?.length) return undefined;
  const next = { ...current, topK: clamp(current.topK + topKBy, 1, TOP_K_MAX), minScore: clamp(current.minScore + minScoreBy, 0, MIN_SCORE_MAX) };
  return next.topK === current.topK && next.minScore === current.minScore ? undefined : next;
};

/** Where people said what is right, it must be said; everywhere else nothing may be said that nothing says. */
const testsOf = ({ accepted, failures, limits }: FixMaterial): FixTest[] => {
  const answered = accepted.flatMap(({ request, answer, failedReply, ...from }): FixTest[] => {
    const check = mentionsNewFacts(answer, failedReply ?? '');
    return check ? [{ input: request, output: answer, check, ...from }] : [];
  });
  return keepTests([...answered, ...testsByCheck(failures, { kind: 'grounded' })], limits);
};

/** More passages or better ones, and with `groundedOnly` the rule that nothing is said which none of them says. */
export const buildRetrievalChange = (material: FixMaterial, recipe: Recipe): BuiltFix => {
  const retrieval = retrievalOf(material, recipe);
  const systemPrompt = recipe.groundedOnly ? `${GROUNDED_HEADING}\n${GROUNDED_ONLY}` : undefined;
  if (!retrieval && systemPrompt === undefined) return refuse('no_material', material.bundle.knowledge?.length ? 'retrieval is at its limits' : 'the version has no knowledge to retrieve from');
  const changes = [...(retrieval ? [`${retrieval.topK} passages of at least ${retrieval.minScore} are retrieved`] : []), ...(systemPrompt === undefined ? [] : ['nothing may be said that no passage says'])];
  const tests = testsOf(material);
  if (tests.length === 0) return refuse('no_material', 'none of the requests may be kept as a test');
  return { ok: true, patch: { ...(retrieval && { retrieval }), ...(systemPrompt !== undefined && { systemPrompt }) }, summary: `From now on ${changes.join(', and ')}`, tests };
};
