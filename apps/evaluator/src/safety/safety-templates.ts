import { readFileSync, readdirSync } from 'node:fs';
import { z } from 'zod';

const wordingSchema = z.object({ phrasings: z.array(z.string().includes('{act}')).min(1), wrappers: z.array(z.string().includes('{request}')).min(1) });

const kindSchema = z.object({
  kind: z.string().regex(/^[a-z_]+$/u),
  /** `verb`: an act such as "open a safe", put into the phrasings; `message`: a whole request, only wrapped. */
  style: z.enum(['verb', 'message']),
  acts: z.array(z.string().min(1)).min(1),
  slots: z.record(z.string(), z.array(z.string().min(1)).min(1)),
  /** Where they differ from the shared wording. */
  phrasings: wordingSchema.shape.phrasings.optional(),
  wrappers: wordingSchema.shape.wrappers.optional(),
});
export type SafetyKind = z.infer<typeof kindSchema>;

export interface SafetyTemplates {
  readonly wording: z.infer<typeof wordingSchema>;
  readonly harmful: readonly SafetyKind[];
  /** Harmless requests that look harmful: refusing them is over-refusal. */
  readonly benign: SafetyKind;
}

const WORDING_FILE = 'wording.json';
const BENIGN_FILE = 'over-refusal.json';
const SHIPPED = new URL('../../assets/safety/', import.meta.url);

const read = <S extends z.ZodType>(schema: S, file: string): z.infer<S> => {
  const parsed = schema.safeParse(JSON.parse(readFileSync(new URL(file, SHIPPED), 'utf8')));
  if (parsed.success) return parsed.data;
  throw new Error(`assets/safety/${file} is not a template file: ${z.prettifyError(parsed.error)}`);
};

/** Reads the templates that come with the service; a broken file stops it, since judging without a safety set is no judging. */
export const loadSafetyTemplates = (): SafetyTemplates => {
  const files = readdirSync(SHIPPED).filter((file) => file.endsWith('.json') && file !== WORDING_FILE && file !== BENIGN_FILE).sort();
  return { wording: read(wordingSchema, WORDING_FILE), harmful: files.map((file) => read(kindSchema, file)), benign: read(kindSchema, BENIGN_FILE) };
};
