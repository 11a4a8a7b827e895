import { z } from 'zod';

/** A variable that holds JSON, checked by a schema. */
export const jsonOf = <Schema extends z.ZodType>(schema: Schema, example: string) =>
  z
    .string()
    .transform((json, context): unknown => {
      try {
        return JSON.parse(json);
      } catch {
        context.addIssue({ code: 'custom', message: `is not JSON; write ${example}` });
        return z.NEVER;
      }
    })
    .pipe(schema);
