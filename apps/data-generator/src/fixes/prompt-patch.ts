import { normalizeAnswer, type PatchRecipe } from '@ratchet/domain';
import { scoreUnsafeContent } from '@ratchet/providers';
import { wantedForm, type FormRule } from './complaint.js';
import { keepTests, mayBeKept, refuse, testsByCheck, type AcceptedAnswer, type BuiltFix, type FixMaterial, type FixTest } from './fix-material.js';

type Recipe = Extract<PatchRecipe, { kind: 'prompt_patch' }>;

const QUOTED_REQUESTS = 3;
const QUOTED_ANSWERS = 2;
const QUOTE_CHARS_MAX = 300;
const ANSWER_CHARS_MAX = 800;
const SECTION_CHARS_MAX = 3_000;
/** A prompt that reads unsafe would be refused or obeyed, and neither is wanted. */
const UNSAFE_SCORE = 0.3;

/** Within quotes on one line, so that what a user typed cannot pass for a rule of its own. */
const oneLine = (text: string): string => text.replace(/\s+/gu, ' ').replaceAll('"', "'").trim();
const mayBeQuoted = (text: string, charsMax: number): boolean => mayBeKept(text, charsMax) && scoreUnsafeContent(text).score < UNSAFE_SCORE && !text.includes('## ');

/** The shortest different requests say most clearly what is meant. */
const quotedRequests = ({ failures }: FixMaterial): string[] => {
  const different = new Map(failures.map(({ query }) => [normalizeAnswer(query), oneLine(query)]));
  return [...different.values()].filter((query) => mayBeQuoted(query, QUOTE_CHARS_MAX)).sort((a, b) => a.length - b.length || (a < b ? -1 : 1)).slice(0, QUOTED_REQUESTS);
};

const quotedAnswers = ({ accepted }: FixMaterial): AcceptedAnswer[] => {
  const byAnswer = new Map(accepted.map((one) => [normalizeAnswer(one.answer), one]));
  return [...byAnswer.values()]
    .filter(({ request, answer }) => mayBeQuoted(request, QUOTE_CHARS_MAX) && mayBeQuoted(answer, ANSWER_CHARS_MAX))
    .sort((a, b) => a.answer.length - b.answer.length)
    .slice(0, QUOTED_ANSWERS);
};

interface Section {
  readonly heading: string;
  readonly requests: readonly string[];
  readonly rule: string;
  readonly answers: readonly AcceptedAnswer[];
}

const sectionOf = ({ heading, requests, rule, answers }: Section): string =>
  [
    heading,
    requests.length > 0 ? `For questions such as ${requests.map((request) => `"${request}"`).join(', ')}: ${rule}` : rule.charAt(0).toUpperCase() + rule.slice(1),
    ...answers.flatMap(({ request, answer }) => [`An answer that was accepted, to "${oneLine(request)}":`, answer.trim()]),
  ].join('\n');

/** By the form that was asked for; where none can be checked, by the answers that people accepted. */
const testsOf = ({ failures, accepted, limits }: FixMaterial, { form, quoted }: { form: FormRule | undefined; quoted: ReadonlySet<string> }): FixTest[] => {
  const tests = form ? testsByCheck(failures, form.check) : accepted.map(({ request, answer, source, confidence, interactionIds, acceptedBy }): FixTest => ({ input: request, output: answer, source, confidence, interactionIds, acceptedBy }));
  return keepTests(tests, limits).filter(({ input }) => !quoted.has(normalizeAnswer(input)));
};

const ruleOf = async (material: FixMaterial, { by }: Recipe, form: FormRule | undefined): Promise<string | undefined> => {
  if (by !== 'taught') return form?.rule ?? (by === 'examples' ? 'answer in the form of the answers below.' : undefined);
  const { failures, rootCauseReason, limits } = material;
  const written = await material.writer?.writeRule({
    requests: quotedRequests(material),
    failedReplies: failures.slice(0, QUOTED_REQUESTS).map(({ response }) => response.slice(0, ANSWER_CHARS_MAX)),
    comments: [...new Set(failures.flatMap(({ comments }) => comments))].slice(0, 10),
    whatIsKnown: rootCauseReason,
  });
  return written && written.confidence >= limits.teacherConfidenceMin ? written.rule.replace(/\s+/gu, ' ').trim() : undefined;
};

/** One section of the system prompt: which requests it is about, the rule, and with `examples` answers that were accepted. The requests that it quotes do not test it. */
export const buildPromptPatch = async (material: FixMaterial, recipe: Recipe): Promise<BuiltFix> => {
  if (recipe.by === 'taught' && !material.writer) return refuse('no_teacher', 'the rule is to be written by a teacher, and none is configured');
  const form = wantedForm(material.failures);
  const rule = await ruleOf(material, recipe, form);
  if (rule === undefined) return recipe.by === 'taught' ? refuse('teacher_unsure', 'the teacher wrote no rule that it is sure of') : refuse('no_material', 'no comment says which form users want');
  if (!mayBeQuoted(rule, SECTION_CHARS_MAX)) return refuse('no_material', 'the rule may not stand in a system prompt');
  const answers = recipe.by === 'examples' ? quotedAnswers(material) : [];
  if (recipe.by === 'examples' && answers.length === 0) return refuse('no_material', 'no answer was accepted that could be shown as an example');
  const requests = quotedRequests(material);
  const systemPrompt = sectionOf({ heading: material.heading, requests, rule, answers }).slice(0, SECTION_CHARS_MAX);
  const quoted = new Set([...requests, ...answers.map(({ request }) => request)].map(normalizeAnswer));
  const tests = testsOf(material, { form, quoted });
  if (tests.length === 0) return refuse('no_check', 'neither a form that can be checked nor an accepted answer that is not quoted could judge the candidate');
  return { ok: true, patch: { systemPrompt }, summary: `The system prompt's section "${material.heading.slice(3)}" asks for ${form?.name ?? 'the form of accepted answers'}`, tests };
};
