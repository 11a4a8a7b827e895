import { type Bundle, type FixPatch, normalizeAnswer, type PatchRecipe } from '@ratchet/domain';
import { cosine, hashEmbedding } from '@ratchet/embedded-model';
import { derivedId } from '@ratchet/observability';
import { reasonToReject } from '../filters/quality-filter.js';
import { answerKeyOf } from '../generation/candidate.js';
import { mentionsNewFacts } from './facts.js';
import { keepTests, refuse, type AcceptedAnswer, type BuiltFix, type FixFailure, type FixMaterial, type FixTest } from './fix-material.js';

type Recipe = Extract<PatchRecipe, { kind: 'knowledge_entries' }>;
type Entry = NonNullable<FixPatch['knowledge']>[number];

interface Draft {
  readonly title: string;
  readonly text: string;
  readonly tests: readonly FixTest[];
}

const ENTRIES_MAX = 20;
const TITLE_CHARS_MAX = 200;
/** Failures that the teacher writes an entry for. */
const TAUGHT_MAX = 5;
/** Cosine of hashed embeddings from which two entries are about the same: their texts then share most of their words. */
const SAME_SUBJECT = 0.7;
/** And from which another request asks for what an entry says. */
const SAME_REQUEST = 0.4;

const vectorOf = ({ title, text }: Pick<Entry, 'title' | 'text'>): Float32Array => hashEmbedding(`${title}\n${text}`);

/** The id of the entry that says the same of another time, else one of its own. */
const entryIdFor = (draft: Pick<Entry, 'title' | 'text'>, { target, existing }: { target: FixMaterial['target']; existing: NonNullable<Bundle['knowledge']> }): string => {
  const sameTitle = existing.find(({ title }) => normalizeAnswer(title) === normalizeAnswer(draft.title));
  if (sameTitle) return sameTitle.entryId;
  const vector = vectorOf(draft);
  const ranked = existing.map((entry) => ({ entryId: entry.entryId, similarity: cosine(vector, vectorOf(entry)) })).sort((a, b) => b.similarity - a.similarity);
  const [nearest] = ranked;
  return nearest && nearest.similarity >= SAME_SUBJECT ? nearest.entryId : derivedId('entry', target.model, target.workload, normalizeAnswer(draft.title));
};

/** The wording that names the entry is not asked as a test: it would find its own title. */
const draftOf = (answers: readonly AcceptedAnswer[]): Draft | undefined => {
  const [naming, ...others] = [...answers].sort((a, b) => a.request.length - b.request.length || (a.request < b.request ? -1 : 1));
  if (!naming) return undefined;
  const heldOut = others.filter(({ request }) => normalizeAnswer(request) !== normalizeAnswer(naming.request));
  const tests = (heldOut.length > 0 ? heldOut : [naming]).map(({ request, answer, failedReply, ...from }): FixTest => {
    const check = mentionsNewFacts(answer, failedReply ?? '');
    return { input: request, output: answer, ...(check && { check }), ...from };
  });
  return { title: naming.request.trim(), text: naming.answer.trim(), tests };
};

const fromPeople = (accepted: readonly AcceptedAnswer[]): Draft[] => [...Map.groupBy(accepted, ({ answer }) => answerKeyOf(answer)).values()].flatMap((same) => draftOf(same) ?? []);

/** For failures that nobody corrected; what the teacher is not sure of is left out. */
const fromTeacher = async ({ writer, failures, limits, rootCauseReason }: FixMaterial, known: ReadonlySet<string>): Promise<Draft[]> => {
  const open = failures.filter(({ query, correction }) => correction === undefined && !known.has(normalizeAnswer(query)));
  const drafts: Draft[] = [];
  for (const failure of open.slice(0, TAUGHT_MAX)) {
    const entry = await writer?.writeEntry({ request: failure.query, failedReply: failure.response, whatIsKnown: rootCauseReason });
    if (!entry || entry.confidence < limits.teacherConfidenceMin) continue;
    drafts.push({ title: entry.title, text: entry.text, tests: taughtTests({ failure, others: open, text: entry.text, confidence: entry.confidence, teacher: writer?.description ?? '' }) });
  }
  return drafts;
};

const taughtTests = ({ failure, others, text, confidence, teacher }: { failure: FixFailure; others: readonly FixFailure[]; text: string; confidence: number; teacher: string }): FixTest[] => {
  const vector = hashEmbedding(failure.query);
  const alike = others.filter(({ interactionId, query }) => interactionId !== failure.interactionId && cosine(vector, hashEmbedding(query)) >= SAME_REQUEST);
  return alike.flatMap(({ query, response, interactionId }) => {
    const check = mentionsNewFacts(text, response);
    return check ? [{ input: query, output: text, check, source: 'correction' as const, confidence, interactionIds: [interactionId], acceptedBy: `the teacher ${teacher}` }] : [];
  });
};

/** Entries that say what the version did not know. What is already said of the same subject is replaced. */
export const buildKnowledgeEntries = async (material: FixMaterial, { from }: Recipe): Promise<BuiltFix> => {
  const { accepted, limits, target, bundle } = material;
  if (from === 'taught' && !material.writer) return refuse('no_teacher', 'the entries are to be written by a teacher, and none is configured');
  const drafts = fromPeople(from === 'reviewed' ? accepted.filter(({ source }) => source === 'reviewer') : accepted);
  if (from === 'taught') drafts.push(...(await fromTeacher(material, new Set(accepted.map(({ request }) => normalizeAnswer(request))))));
  const kept = drafts
    .filter(({ title, text }) => title.length <= TITLE_CHARS_MAX && reasonToReject({ input: title, output: text, failedAnswers: [], limits }) === undefined)
    // What most users said comes first where there is more than one fix may bring.
    .sort((a, b) => b.tests.length - a.tests.length || (a.title < b.title ? -1 : 1))
    .slice(0, ENTRIES_MAX);
  if (kept.length === 0) return refuse('no_material', `no answer to make an entry of: ${drafts.length} were found, and none may be kept`);
  const entries = new Map<string, Entry>();
  for (const { title, text } of kept) {
    const entryId = entryIdFor({ title, text }, { target, existing: [...(bundle.knowledge ?? []), ...entries.values()] });
    if (!entries.has(entryId)) entries.set(entryId, { entryId, title, text });
  }
  const known = new Set(bundle.knowledge?.map(({ entryId }) => entryId));
  const replaced = [...entries.keys()].filter((id) => known.has(id)).length;
  const titles = [...entries.values()].slice(0, 3).map(({ title }) => `"${title}"`).join(', ');
  return {
    ok: true,
    patch: { knowledge: [...entries.values()] },
    summary: `${entries.size} knowledge entries (${replaced} in the place of older ones), such as ${titles}`,
    tests: keepTests(kept.flatMap(({ tests }) => tests), limits),
  };
};
