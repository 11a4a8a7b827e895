import { readFileSync } from 'node:fs';
import { z } from 'zod';

/**
 * A variable that holds JSON, checked by a schema; with `orFile` what starts with no brace or bracket is the path of a file with it. Messages name
 * fields and rules, never a value: it may hold anything.
 */
export const jsonVariable = <Schema extends z.ZodType>(schema: Schema, { example, orFile = false }: { readonly example: string; readonly orFile?: boolean }) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(orFile && !/^\s*[{[]/u.test(text) ? readFileSync(text, 'utf8') : text);
      } catch {
        // What JSON.parse and the file system say may hold a piece of the value.
        context.addIssue({ code: 'custom', message: `is ${orFile ? 'neither JSON nor the path of a readable JSON file' : 'not JSON'}; write ${example}` });
        return z.NEVER;
      }
    })
    .pipe(schema);
