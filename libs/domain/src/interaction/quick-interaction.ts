import { utcInstantMs } from '../event/instant.js';
import { attributesSchema, type Interaction } from './interaction.js';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const isId = (value: unknown): value is string => typeof value === 'string' && value.length > 0 && value.length <= 200;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isAmount = (value: unknown): value is number => Number.isFinite(value) && (value as number) >= 0;

const messagesOf = (value: unknown): Interaction['input'] | undefined => {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const messages: Interaction['input'] = [];
  for (const message of value as readonly unknown[]) {
    if (!isObject(message)) return undefined;
    const { role, content } = message;
    if (typeof role !== 'string' || role.length === 0 || role.length > 40 || typeof content !== 'string') return undefined;
    messages.push({ role, content });
  }
  return messages;
};

const outputOf = (value: unknown): Interaction['output'] | undefined => {
  if (value === null) return null;
  if (!isObject(value) || typeof value['content'] !== 'string') return undefined;
  const { content, finishReason } = value;
  if (finishReason === undefined) return { content };
  return typeof finishReason === 'string' ? { content, finishReason } : undefined;
};

const errorOf = (value: unknown): Interaction['error'] => {
  if (!isObject(value)) return undefined;
  const { type, message } = value;
  return typeof type === 'string' && typeof message === 'string' ? { type, message } : undefined;
};

const usageOf = (value: unknown): Interaction['usage'] => {
  if (!isObject(value)) return undefined;
  const { inputTokens, outputTokens } = value;
  if ((inputTokens !== undefined && !isCount(inputTokens)) || (outputTokens !== undefined && !isCount(outputTokens))) return undefined;
  return { ...(inputTokens !== undefined && { inputTokens }), ...(outputTokens !== undefined && { outputTokens }) };
};

const assignmentOf = (value: unknown): Interaction['assignment'] => {
  if (!isObject(value)) return undefined;
  const { rolloutId, stage, arm, version, overridden, fellBack } = value;
  if (!isId(rolloutId) || !isCount(stage) || !isId(version) || (arm !== 'candidate' && arm !== 'control' && arm !== 'rest')) return undefined;
  if ((overridden !== undefined && typeof overridden !== 'boolean') || (fellBack !== undefined && typeof fellBack !== 'boolean')) return undefined;
  return { rolloutId, stage, arm, version, ...(overridden !== undefined && { overridden }), ...(fellBack !== undefined && { fellBack }) };
};

/** Adds optional fields in the schema's order; false where one of them has to be left to the schema. */
const addMeasures = (checked: Interaction, { usage, costUsd }: Json): boolean => {
  if (usage !== undefined && (checked.usage = usageOf(usage)) === undefined) return false;
  if (costUsd === undefined) return true;
  if (!isAmount(costUsd)) return false;
  checked.costUsd = costUsd;
  return true;
};

const addContext = (checked: Interaction, { attributes, assignment }: Json): boolean => {
  if (attributes !== undefined && (checked.attributes = attributesSchema.safeParse(attributes).data) === undefined) return false;
  return assignment === undefined || (checked.assignment = assignmentOf(assignment)) !== undefined;
};

/**
 * The schema of `ratchet.interaction.completed` by hand, for parsed JSON: what it gives is what the schema gives, and where it gives
 * undefined the schema decides and says why. Most of a log's records are these, and the generic check takes several times as long.
 */
export const quickInteraction = (data: unknown): Interaction | undefined => {
  if (!isObject(data)) return undefined;
  const { interactionId, conversationId, userId, workload, model, version, startedAt, latencyMs } = data;
  if (!isId(interactionId) || !isId(conversationId) || !isId(workload) || !isId(model) || !isId(version) || !isAmount(latencyMs)) return undefined;
  if (userId !== undefined && !isId(userId)) return undefined;
  if (typeof startedAt !== 'string' || utcInstantMs(startedAt) === undefined) return undefined;
  const input = messagesOf(data['input']);
  const output = outputOf(data['output']);
  if (input === undefined || output === undefined) return undefined;
  const error = data['error'] === undefined ? undefined : errorOf(data['error']);
  if (error === undefined && data['error'] !== undefined) return undefined;
  // A literal of fixed shape for the most frequent case: engines read the fields of equally made objects fastest.
  const checked: Interaction =
    userId === undefined && error === undefined
      ? { interactionId, conversationId, workload, model, version, input, output, startedAt, latencyMs }
      : { interactionId, conversationId, ...(userId !== undefined && { userId }), workload, model, version, input, output, ...(error !== undefined && { error }), startedAt, latencyMs };
  return addMeasures(checked, data) && addContext(checked, data) ? checked : undefined;
};
