import { z } from 'zod';
import { reviewRulesSchema, type ReviewRules } from './review-rules.js';

/** `REVIEW_RULES` of the environment; what it says wrong is told by field and rule, never by value. */
export const reviewRulesVariable = z.string().transform((text, context): ReviewRules => {
  const fail = (message: string): never => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fail('must be a JSON object');
  }
  const parsed = reviewRulesSchema.safeParse(value);
  return parsed.success ? parsed.data : fail(parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'rules'}: ${message}`).join('; '));
});
