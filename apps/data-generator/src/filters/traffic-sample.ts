import { createHash } from 'node:crypto';
import { hasTexts, queryOf, type Interaction, type SignalName } from '@ratchet/domain';
import type { LengthLimits } from './quality-filter.js';

/** Independent of every other choice that is made by a hash of the same id. */
const SALT = 'data-generator traffic:';

/** By the conversation, so that requests and what was said of them are in the sample together. */
export const inTrafficSample = (conversationId: string, share: number): boolean => createHash('sha256').update(SALT + conversationId).digest().readUInt32BE(0) / 2 ** 32 < share;

/** What users said or did that leaves no doubt. That they went on to something else is none. */
const CONTENT: ReadonlySet<SignalName> = new Set(['thanks', 'task_completed', 'thumbs_up', 'high_rating']);
export const isContent = (name: SignalName): boolean => CONTENT.has(name);

/** Products choose ids, and those may hold what a database's text does not. */
export const isStorable = (...ids: readonly (string | undefined)[]): boolean => ids.every((id) => id === undefined || (id.isWellFormed() && !id.includes('\0')));

/** A request of one turn with an answer and its texts, short enough to be an example: in a later turn it may mean something only after those before it. */
export const isUsable = (interaction: Interaction, { inputCharsMax, outputCharsMax }: LengthLimits): boolean => {
  const { interactionId, conversationId, userId, model, workload, error, input } = interaction;
  if (error || !hasTexts(interaction) || !isStorable(interactionId, conversationId, userId, model, workload)) return false;
  const [query, answer] = [queryOf(interaction), interaction.output?.content ?? ''];
  return query !== '' && query.length <= inputCharsMax && answer !== '' && answer.length <= outputCharsMax && input.filter(({ role }) => role === 'user').length === 1;
};
