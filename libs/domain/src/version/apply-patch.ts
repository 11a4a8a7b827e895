import { canonicalJson } from '../event/canonical-json.js';
import type { FixPatch } from '../dataset/dataset.js';
import type { Bundle } from './version.js';

/** What a bundle may grow to by patches: it travels in one event, and a system prompt is paid for with every request. */
export const PATCHED_BUNDLE_LIMITS = { systemPromptChars: 12_000, knowledgeEntries: 2_000, knowledgeChars: 400_000 } as const;

export type PatchOutcome =
  | { readonly ok: true; readonly bundle: Bundle }
  | { readonly ok: false; readonly reason: 'no_change' | 'system_prompt_too_long' | 'too_much_knowledge'; readonly message: string };

/** The parts of a prompt, each beginning with its `## ` heading; the first one may have none. */
const sectionsOf = (prompt: string): string[] =>
  prompt
    .split(/\n(?=## )/u)
    .map((section) => section.trim())
    .filter((section) => section !== '');

const headingOf = (section: string): string | undefined => (section.startsWith('## ') ? section.split('\n', 1)[0]?.trim() : undefined);

const withSection = (prompt: string, section: string): string => {
  const heading = headingOf(section);
  const sections = sectionsOf(prompt);
  const at = heading === undefined ? sections.indexOf(section.trim()) : sections.findIndex((other) => headingOf(other) === heading);
  return (at < 0 ? [...sections, section.trim()] : sections.with(at, section.trim())).join('\n\n');
};

const withEntries = (knowledge: NonNullable<Bundle['knowledge']>, entries: NonNullable<Bundle['knowledge']>): NonNullable<Bundle['knowledge']> => {
  const changed = new Map(entries.map((entry) => [entry.entryId, entry]));
  const known = new Set(knowledge.map(({ entryId }) => entryId));
  return [...knowledge.map((entry) => changed.get(entry.entryId) ?? entry), ...[...changed.values()].filter(({ entryId }) => !known.has(entryId))];
};

/**
 * A bundle with a fix's patch. `systemPrompt` is one section: it takes the place of the section with the same `## ` heading, or comes behind all
 * others; knowledge entries take the place of those with the same id; a threshold is only ever raised; retrieval is replaced. So a patch that was made for one
 * version can be applied to a later one, and applied twice it changes nothing more.
 */
export const applyPatch = (bundle: Bundle, { systemPrompt, knowledge, safetyThreshold, retrieval }: FixPatch): PatchOutcome => {
  const patched: Bundle = {
    ...bundle,
    ...(systemPrompt !== undefined && { systemPrompt: withSection(bundle.systemPrompt ?? '', systemPrompt) }),
    ...(knowledge !== undefined && { knowledge: withEntries(bundle.knowledge ?? [], knowledge) }),
    // A version without a filter refuses nothing, and is not given one to loosen it.
    ...(safetyThreshold !== undefined && bundle.safety && { safety: { threshold: Math.max(bundle.safety.threshold, safetyThreshold) } }),
    ...(retrieval !== undefined && { retrieval }),
  };
  if (canonicalJson(patched) === canonicalJson(bundle)) return { ok: false, reason: 'no_change', message: 'the version already has what the patch would give it' };
  const { systemPromptChars, knowledgeEntries, knowledgeChars } = PATCHED_BUNDLE_LIMITS;
  const promptLength = patched.systemPrompt?.length ?? 0;
  if (systemPrompt !== undefined && promptLength > systemPromptChars) {
    return { ok: false, reason: 'system_prompt_too_long', message: `the system prompt would have ${promptLength} characters, and ${systemPromptChars} are allowed: shorten it, or put facts into the knowledge` };
  }
  const chars = (patched.knowledge ?? []).reduce((sum, { title, text }) => sum + title.length + text.length, 0);
  const entries = patched.knowledge?.length ?? 0;
  if (knowledge !== undefined && (entries > knowledgeEntries || chars > knowledgeChars)) {
    return { ok: false, reason: 'too_much_knowledge', message: `the knowledge would have ${entries} entries and ${chars} characters; ${knowledgeEntries} and ${knowledgeChars} are allowed` };
  }
  return { ok: true, bundle: patched };
};
