import type { z } from 'zod';
import { badRequest } from './openai.error.js';

/** Checks a request body; the first problem becomes a 400 that names the field. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const param = issue === undefined || issue.path.length === 0 ? null : issue.path.join('.');
  throw badRequest({ message: `${param ?? 'The request body'}: ${issue?.message ?? 'not valid'}`, param });
}
