import { z } from 'zod';

import { type CommandIo, UsageError } from '../command-module.js';
import { nameOfInput, parseJsonLines, readInput } from '../json-input.js';

const FAILED = { failed: 1, ok: 0 } as const;
const labelSchema = z.object({
  interactionId: z.string().min(1),
  label: z.union([z.enum(['failed', 'ok']).transform((word) => FAILED[word]), z.boolean().transform((failed): 0 | 1 => (failed ? 1 : 0)), z.literal([0, 1])], { error: 'is none of "failed", "ok", true, false, 1, 0' }),
});

/**
 * Labels of a file by interaction id; 1 is failed.
 *
 * @throws {UsageError} with the number of the first line that is no label, or says otherwise than an earlier one
 */
export const readLabels = async (path: string, io: CommandIo): Promise<Map<string, 0 | 1>> => {
  const source = nameOfInput(path);
  const labels = new Map<string, 0 | 1>();
  for (const { line, value } of parseJsonLines(await readInput(path, io), source)) {
    const parsed = labelSchema.safeParse(value);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new UsageError(`${source}, line ${line}: ${issue?.path.join('.') || 'expected {interactionId, label}'}: ${issue?.message ?? 'not valid'}`);
    }
    const { interactionId, label } = parsed.data;
    if ((labels.get(interactionId) ?? label) !== label) throw new UsageError(`${source}, line ${line}: ${JSON.stringify(interactionId)} has another label on an earlier line`);
    labels.set(interactionId, label);
  }
  return labels;
};
