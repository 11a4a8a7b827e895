import { chosenPreferenceRowSchema, openAiPreferenceRowSchema, sameAnswer, sftRowSchema } from '@ratchet/domain';
import type { Example } from '@ratchet/domain';

export type ExportFormat = 'sft' | 'dpo';
/** Names of a preference's sides: OpenAI's, or those of most open trainers. */
export type PreferenceFields = 'openai' | 'chosen';

const user = (content: string): { role: 'user'; content: string } => ({ role: 'user', content });
const assistant = (content: string): { role: 'assistant'; content: string } => ({ role: 'assistant', content });

/** A line of a supervised fine-tuning file, in OpenAI's shape. */
export const sftRow = ({ input, output }: Example): object => ({ messages: [user(input), assistant(output)] });

/** The answer that failed: the example's own, else that of an interaction that it comes from; undefined where none is known that differs from the right one. */
export const rejectedOf = ({ output, rejectedOutput, lineage }: Example, failedAnswers: ReadonlyMap<string, string>): string | undefined =>
  [rejectedOutput, ...lineage.interactionIds.map((id) => failedAnswers.get(id))].find((answer) => answer !== undefined && answer.trim() !== '' && !sameAnswer(answer, output));

/** A line of a preference file. */
export const dpoRow = ({ input, output }: Example, { rejected, fields }: { readonly rejected: string; readonly fields: PreferenceFields }): object =>
  fields === 'openai'
    ? { input: { messages: [user(input)] }, preferred_output: [assistant(output)], non_preferred_output: [assistant(rejected)] }
    : { prompt: [user(input)], chosen: [assistant(output)], rejected: [assistant(rejected)] };

export interface RowOptions {
  readonly format: ExportFormat;
  readonly fields: PreferenceFields;
  readonly failedAnswers: ReadonlyMap<string, string>;
}

export type ExportedRow = { readonly row: object } | { readonly left: 'no_failed_answer' | 'not_valid' };

const schemaOf = ({ format, fields }: Pick<RowOptions, 'format' | 'fields'>): { safeParse(row: object): { success: boolean } } =>
  format === 'sft' ? sftRowSchema : fields === 'openai' ? openAiPreferenceRowSchema : chosenPreferenceRowSchema;

/** An example as a line of the file, checked against its schema; or why it is left out. */
export const exportedRow = (example: Example, options: RowOptions): ExportedRow => {
  const rejected = options.format === 'dpo' ? rejectedOf(example, options.failedAnswers) : undefined;
  if (options.format === 'dpo' && rejected === undefined) return { left: 'no_failed_answer' };
  const row = rejected === undefined ? sftRow(example) : dpoRow(example, { rejected, fields: options.fields });
  return schemaOf(options).safeParse(row).success ? { row } : { left: 'not_valid' };
};
