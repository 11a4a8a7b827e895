import { idSchema, type Message } from '@ratchet/domain';
import { z } from 'zod';
import { invalidRequest, type HttpFailure } from './openai-error.js';

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly user: string | undefined;
  readonly seed: number | undefined;
  /** Sent to the provider as they are. */
  readonly parameters: Readonly<Record<string, unknown>> | undefined;
}

export type ParsedChatRequest = { readonly ok: true; readonly request: ChatRequest } | { readonly ok: false; readonly failure: HttpFailure };

const forwarded = ['temperature', 'top_p', 'max_tokens', 'max_completion_tokens', 'stop', 'presence_penalty', 'frequency_penalty', 'response_format', 'logit_bias', 'reasoning_effort'] as const;

/** OpenAI's; a provider would refuse another, and that would look like a failure of the version. */
const roles = ['system', 'developer', 'user', 'assistant', 'tool', 'function'] as const;

const textPart = z.object({ type: z.literal('text', 'only parts of type text are supported'), text: z.string() });
const contentSchema = z.union([z.string(), z.array(textPart).transform((parts) => parts.map(({ text }) => text).join('\n')), z.null().transform(() => '')], {
  error: 'give a text, or an array of parts of type text',
});

const bodySchema = z.looseObject(
  {
    model: idSchema,
    messages: z.array(z.object({ role: z.enum(roles, `must be one of ${roles.join(', ')}`), content: contentSchema.optional().transform((content) => content ?? '') })).min(1, 'give at least one message'),
    stream: z.boolean().nullish(),
    stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
    user: idSchema.nullish(),
    seed: z.int().nullish(),
    n: z.literal(1, 'only one answer per request is supported').nullish(),
    tools: z.array(z.unknown()).max(0, 'tools are not supported').nullish(),
    functions: z.array(z.unknown()).max(0, 'functions are not supported').nullish(),
  },
  { error: 'send a JSON object with model and messages' },
);

/** Reads the body of a chat completion request; fields that nobody here knows are passed over. */
export const parseChatRequest = (body: unknown): ParsedChatRequest => {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const param = issue?.path.join('.') ?? '';
    return { ok: false, failure: invalidRequest({ message: `${param === '' ? 'The body' : param}: ${issue?.message ?? 'is not valid'}`, ...(param !== '' && { param }) }) };
  }
  const { model, messages, stream, stream_options: streamOptions, user, seed, ...rest } = parsed.data;
  let parameters: Record<string, unknown> | undefined;
  for (const name of forwarded) if (rest[name] !== undefined && rest[name] !== null) (parameters ??= {})[name] = rest[name];
  return {
    ok: true,
    request: { model, messages, stream: stream ?? false, includeUsage: streamOptions?.include_usage ?? false, user: user ?? undefined, seed: seed ?? undefined, parameters },
  };
};
