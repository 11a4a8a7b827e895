import { CONTENT_ATTRIBUTE, type Interaction } from '@ratchet/domain';
import { derivedId } from '@ratchet/observability';
import { isObject, listOf } from './attributes.js';
import type { SpanView } from './span-view.js';

const ID_CHARS_MAX = 200;

const conversationNames = [
  'gen_ai.conversation.id',
  'session.id',
  'langfuse.session.id',
  'langfuse.trace.session_id',
  'langsmith.trace.session_id',
  ...['conversation_id', 'session_id', 'thread_id', 'chat_id'].map((name) => `traceloop.association.properties.${name}`),
  ...['conversationId', 'sessionId', 'threadId', 'chatId'].map((name) => `ai.telemetry.metadata.${name}`),
];
const userNames = ['user.id', 'enduser.id', 'langfuse.user.id', 'langfuse.trace.user_id', 'gen_ai.user', 'traceloop.association.properties.user_id', 'ai.telemetry.metadata.userId'];

/** An id that is too long for ours is replaced by one that follows from it, so that it stays one and the same. */
const asId = (text: string): string => (text.length <= ID_CHARS_MAX ? text : derivedId('long-id', text));

/** What ties requests together: the conversation, else the session, else the trace. */
export const conversationIdOf = ({ attributes, traceId }: SpanView): string => {
  const named = attributes.text(...conversationNames);
  if (named !== undefined) return asId(named);
  const metadata = attributes.structured('metadata');
  const inMetadata = isObject(metadata) ? [metadata['conversation_id'], metadata['session_id'], metadata['thread_id']].find((id) => typeof id === 'string' && id !== '') : undefined;
  return asId((inMetadata as string | undefined) ?? traceId);
};

export const userIdOf = ({ attributes }: SpanView): string | undefined => {
  const named = attributes.text(...userNames);
  return named === undefined ? undefined : asId(named);
};

/** OpenInference names the model that answered; which one was asked for is among the parameters. */
const requestedIn = ({ attributes }: SpanView): string | undefined => {
  const parameters = attributes.structured('llm.invocation_parameters');
  const model = isObject(parameters) ? (parameters['model'] ?? parameters['model_name']) : undefined;
  return typeof model === 'string' && model !== '' ? model : undefined;
};

/** The model that was asked for. */
export const modelOf = (span: SpanView): string | undefined => {
  const { attributes } = span;
  const named =
    attributes.text('gen_ai.request.model', 'llm.request.model_name') ??
    requestedIn(span) ??
    attributes.text('llm.model_name', 'llm.request.model', 'ai.model.id', 'langfuse.observation.model.name', 'gen_ai.response.model');
  return named === undefined ? undefined : asId(named);
};

/** The version that answered: what the product says, else the model that the provider says it was. */
export const versionOf = ({ attributes, resource }: SpanView, model: string): string =>
  asId(attributes.text('ratchet.version') ?? resource.text('ratchet.version') ?? attributes.text('gen_ai.response.model', 'llm.response.model_name', 'llm.response.model', 'ai.response.model', 'llm.model_name') ?? model);

/** As the product says, on the span or for the whole process. */
export const workloadOf = ({ attributes, resource }: SpanView): string | undefined => {
  const named = attributes.text('ratchet.workload') ?? resource.text('ratchet.workload');
  return named === undefined ? undefined : asId(named);
};

const wholeOf = (amount: number | undefined): number | undefined => (Number.isSafeInteger(amount) ? amount : undefined);

export const usageOf = ({ attributes }: SpanView): Interaction['usage'] => {
  const details = attributes.structured('langfuse.observation.usage_details');
  const detail = (name: string): number | undefined => (isObject(details) && typeof details[name] === 'number' && details[name] >= 0 ? details[name] : undefined);
  const inputTokens = wholeOf(attributes.amount('gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens', 'llm.usage.prompt_tokens', 'llm.token_count.prompt', 'ai.usage.inputTokens', 'ai.usage.promptTokens') ?? detail('input'));
  const outputTokens = wholeOf(attributes.amount('gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens', 'llm.usage.completion_tokens', 'llm.token_count.completion', 'ai.usage.outputTokens', 'ai.usage.completionTokens') ?? detail('output'));
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return { ...(inputTokens !== undefined && { inputTokens }), ...(outputTokens !== undefined && { outputTokens }) };
};

export const costUsdOf = ({ attributes }: SpanView): number | undefined => attributes.amount('gen_ai.usage.cost', 'llm.cost.total');

const REASON_CHARS_MAX = 100;

export const finishReasonOf = ({ attributes }: SpanView, answered: string | undefined): string | undefined => {
  const [first] = listOf(attributes.structured('gen_ai.response.finish_reasons'));
  const reason = (typeof first === 'string' && first !== '' ? first : undefined) ?? answered ?? attributes.text('gen_ai.response.finish_reason', 'ai.response.finishReason', 'llm.finish_reason');
  return reason?.slice(0, REASON_CHARS_MAX);
};

const MESSAGE_CHARS_MAX = 2_000;

/** What went wrong, by `error.type`, the recorded exception and the span's status. */
export const errorOf = ({ attributes, events, failed, statusMessage }: SpanView): Interaction['error'] => {
  const declared = attributes.text('error.type');
  if (!failed && declared === undefined) return undefined;
  const exception = events.find(({ name }) => name === 'exception')?.attributes;
  const type = declared ?? exception?.text('exception.type') ?? 'error';
  const message = statusMessage || (exception?.text('exception.message') ?? '');
  return { type: asId(type), message: message.slice(0, MESSAGE_CHARS_MAX) };
};

/** The text of the answer was not recorded: it is unknown, which is not the same as empty. */
export const CONTENT_ABSENT = 'absent';

/** What the loop may group by; the rest of a span stays with the tracing that it is for. */
export const attributesOf = ({ attributes, resource }: SpanView, { contentAbsent }: { contentAbsent: boolean }): NonNullable<Interaction['attributes']> => {
  const provider = attributes.text('gen_ai.provider.name', 'gen_ai.system', 'llm.provider', 'llm.system', 'ai.model.provider');
  const service = resource.text('service.name');
  return {
    ...(provider !== undefined && { 'gen_ai.provider.name': provider.slice(0, ID_CHARS_MAX) }),
    ...(service !== undefined && { 'service.name': service.slice(0, ID_CHARS_MAX) }),
    ...(contentAbsent && { [CONTENT_ATTRIBUTE]: CONTENT_ABSENT }),
  };
};
