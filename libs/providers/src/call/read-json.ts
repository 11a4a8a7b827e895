import { z } from 'zod';

export type ReadJson<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: string };

/** A model's answer, all of it, as JSON of a shape; `problem` says in a few words what is wrong, for the model itself. */
export const readJsonAs = <Schema extends z.ZodType>(schema: Schema, content: string): ReadJson<z.infer<Schema>> => {
  let value: unknown;
  try {
    // Models that know no structured output often put JSON between code fences.
    value = JSON.parse(content.trim().replace(/^```(?:json)?\s*|\s*```$/gu, ''));
  } catch {
    return { ok: false, problem: 'it is not JSON' };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, problem: parsed.error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.') || 'the value'}: ${message}`).join('; ') };
};

/** OpenAI's `response_format` for answers of a shape. */
export const responseFormatOf = (name: string, schema: z.ZodType): { readonly type: 'json_schema'; readonly json_schema: { readonly name: string; readonly schema: Record<string, unknown> } } => ({
  type: 'json_schema',
  json_schema: { name, schema: z.toJSONSchema(schema, { unrepresentable: 'any' }) as Record<string, unknown> },
});
