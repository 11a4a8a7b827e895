import { z } from 'zod';

const text = z.string().regex(/\S/u, 'says nothing');
const user = z.strictObject({ role: z.literal('user'), content: text });
const assistant = z.strictObject({ role: z.literal('assistant'), content: text });

/** A line of a supervised fine-tuning file. */
export const sftRowSchema = z.strictObject({ messages: z.tuple([user, assistant]) });
export type SftRow = z.infer<typeof sftRowSchema>;

/** A line of a preference file with the names that OpenAI gives the fields. */
export const openAiPreferenceRowSchema = z.strictObject({
  input: z.strictObject({ messages: z.tuple([user]) }),
  preferred_output: z.tuple([assistant]),
  non_preferred_output: z.tuple([assistant]),
});
export type OpenAiPreferenceRow = z.infer<typeof openAiPreferenceRowSchema>;

/** The same with the names that most open trainers give them, each side with its role. */
export const chosenPreferenceRowSchema = z.strictObject({ prompt: z.tuple([user]), chosen: z.tuple([assistant]), rejected: z.tuple([assistant]) });
export type ChosenPreferenceRow = z.infer<typeof chosenPreferenceRowSchema>;

/** Lines of exported files, by the kind of file. */
export const trainingRowSchemas = { sft: sftRowSchema, 'dpo-openai': openAiPreferenceRowSchema, 'dpo-chosen': chosenPreferenceRowSchema } as const;
