import type OpenAI from 'openai';
import { z } from 'zod';
import { openAiClient } from '../call/openai-client.js';
import { ProviderCalls } from '../call/provider-calls.js';
import { ProviderError } from '../call/provider-error.js';
import type { TokenUsage } from '../chat/chat-provider.js';
import type { ProviderConfig } from '../config/provider-config.js';

const ATTEMPTS = 2;

export interface TeacherRequest<Schema extends z.ZodType> {
  /** What to do, as the system message. */
  readonly instructions: string;
  readonly input: string;
  /** The shape of the result; it is also told to the model as JSON Schema, so descriptions help. */
  readonly schema: Schema;
  /** Letters, digits, `_` and `-`. */
  readonly schemaName: string;
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

export interface TeacherResult<Value> {
  readonly value: Value;
  /** Of all attempts together; absent where the provider counts no tokens. */
  readonly usage?: TokenUsage;
}

/** A strong model that writes corrections, variations and judgements; its result has the asked shape, or it is a ProviderError. */
export interface TeacherClient {
  readonly description: string;
  ask<Schema extends z.ZodType>(request: TeacherRequest<Schema>): Promise<TeacherResult<z.infer<Schema>>>;
}

/** A teacher at a provider that speaks OpenAI's protocol. An answer of the wrong shape is shown to the model once, with what is wrong. */
export class OpenAiTeacherClient implements TeacherClient {
  readonly description: string;
  private readonly client: OpenAI;
  private readonly calls: ProviderCalls;
  private readonly provider: string;
  private readonly model: string;

  constructor({ provider, model }: { provider: ProviderConfig; model: string }) {
    this.description = `${provider.name}/${model}`;
    this.client = openAiClient(provider);
    this.calls = new ProviderCalls(provider);
    this.provider = provider.name;
    this.model = model;
  }

  async ask<Schema extends z.ZodType>({ instructions, input, schema, schemaName, seed, signal }: TeacherRequest<Schema>): Promise<TeacherResult<z.infer<Schema>>> {
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'system', content: instructions }, { role: 'user', content: input }];
    const format = { type: 'json_schema' as const, json_schema: { name: schemaName, schema: z.toJSONSchema(schema, { unrepresentable: 'any' }) as Record<string, unknown> } };
    let inputTokens = 0;
    let outputTokens = 0;
    let problem = '';
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const answer = await this.calls.run(
        (within) => this.client.chat.completions.create({ model: this.model, messages, response_format: format, ...(seed !== undefined && { seed }) }, { signal: within }),
        signal,
      );
      inputTokens += answer.usage?.prompt_tokens ?? 0;
      outputTokens += answer.usage?.completion_tokens ?? 0;
      const content = answer.choices?.[0]?.message?.content ?? '';
      const read = readAs(schema, content);
      if (read.ok) return { value: read.value, ...(answer.usage && { usage: { inputTokens, outputTokens } }) };
      problem = read.problem;
      messages.push({ role: 'assistant', content }, { role: 'user', content: `That does not have the asked shape: ${problem}. Answer again with the JSON alone.` });
    }
    throw new ProviderError({ code: 'bad_response', provider: this.provider, message: `${ATTEMPTS} answers did not have the shape ${schemaName}: ${problem}` });
  }
}

/** The twin of a teacher for tests: it answers by a function, checked like a real one's answer. */
export class InMemoryTeacherClient implements TeacherClient {
  readonly description = 'in-memory/teacher';
  readonly requests: TeacherRequest<z.ZodType>[] = [];

  constructor(private readonly answer: (request: TeacherRequest<z.ZodType>) => unknown) {}

  async ask<Schema extends z.ZodType>(request: TeacherRequest<Schema>): Promise<TeacherResult<z.infer<Schema>>> {
    this.requests.push(request);
    const parsed = request.schema.safeParse(this.answer(request));
    if (!parsed.success) throw new ProviderError({ code: 'bad_response', provider: 'in-memory', message: `the answer does not have the shape ${request.schemaName}`, cause: parsed.error });
    return { value: parsed.data };
  }
}

type Read<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: string };

const readAs = <Schema extends z.ZodType>(schema: Schema, content: string): Read<z.infer<Schema>> => {
  let value: unknown;
  try {
    // Models that know no structured output often put JSON between code fences.
    value = JSON.parse(content.trim().replace(/^```(?:json)?\s*|\s*```$/gu, ''));
  } catch {
    return { ok: false, problem: 'it is not JSON' };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, problem: parsed.error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.') || 'the value'}: ${message}`).join('; ') };
};
