import type OpenAI from 'openai';
import type { z } from 'zod';
import { openAiClient } from '../call/openai-client.js';
import { withPatience } from '../call/patience.js';
import { ProviderCalls } from '../call/provider-calls.js';
import { ProviderError } from '../call/provider-error.js';
import { readJsonAs, responseFormatOf } from '../call/read-json.js';
import { RequestRate } from '../call/request-rate.js';
import type { TokenUsage } from '../chat/chat-provider.js';
import type { ProviderConfig } from '../config/provider-config.js';

/** Answers of one question: a wrong shape is shown to the model once. */
const ANSWERS_MAX = 2;
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 500;
const PAUSE_MS_MAX = 60_000;

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

/** Pauses between tries, in milliseconds. */
export interface TeacherPauses {
  readonly firstPauseMs?: number;
  readonly pauseMsMax?: number;
}

/**
 * A teacher at a provider that speaks OpenAI's protocol. An answer of the wrong shape is shown to the model once, with what is wrong. Calls that failed
 * for a reason that may pass are tried again with growing, random pauses (`attempts` of the provider), and go no faster than its `requestsPerMinute`.
 */
export class OpenAiTeacherClient implements TeacherClient {
  readonly description: string;
  private readonly client: OpenAI;
  private readonly calls: ProviderCalls;
  private readonly rate: RequestRate;

  constructor(private readonly options: { provider: ProviderConfig; model: string; pauses?: TeacherPauses }) {
    const { provider, model } = options;
    this.description = `${provider.name}/${model}`;
    this.client = openAiClient(provider);
    this.calls = new ProviderCalls(provider);
    this.rate = new RequestRate(provider.requestsPerMinute);
  }

  async ask<Schema extends z.ZodType>({ instructions, input, schema, schemaName, seed, signal }: TeacherRequest<Schema>): Promise<TeacherResult<z.infer<Schema>>> {
    const { provider, model } = this.options;
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'system', content: instructions }, { role: 'user', content: input }];
    const format = responseFormatOf(schemaName, schema);
    let usage: TokenUsage | undefined;
    let problem = '';
    for (let answers = 1; answers <= ANSWERS_MAX; answers += 1) {
      const answer = await this.patiently({ model, messages, response_format: format, ...(seed !== undefined && { seed }) }, { signal, usage });
      if (answer.usage) usage = { inputTokens: (usage?.inputTokens ?? 0) + (answer.usage.prompt_tokens ?? 0), outputTokens: (usage?.outputTokens ?? 0) + (answer.usage.completion_tokens ?? 0) };
      const content = answer.choices?.[0]?.message?.content ?? '';
      const read = readJsonAs(schema, content);
      if (read.ok) return { value: read.value, ...(usage && { usage }) };
      problem = read.problem;
      messages.push({ role: 'assistant', content }, { role: 'user', content: `That does not have the asked shape: ${problem}. Answer again with the JSON alone.` });
    }
    throw new ProviderError({ code: 'bad_response', provider: provider.name, usage, message: `${ANSWERS_MAX} answers did not have the shape ${schemaName}: ${problem}` });
  }

  private patiently(body: OpenAI.ChatCompletionCreateParamsNonStreaming, { signal, usage }: { signal: AbortSignal | undefined; usage: TokenUsage | undefined }): Promise<OpenAI.ChatCompletion> {
    const { provider, pauses = {} } = this.options;
    const work = async (): Promise<OpenAI.ChatCompletion> => {
      await this.rate.take(signal).catch((cause: unknown) => Promise.reject(new ProviderError({ code: 'cancelled', provider: provider.name, message: 'the caller cancelled the call', cause })));
      return this.calls.run((within) => this.client.chat.completions.create(body, { signal: within }), signal);
    };
    const patience = { attempts: provider.attempts ?? ATTEMPTS, firstPauseMs: pauses.firstPauseMs ?? FIRST_PAUSE_MS, pauseMsMax: pauses.pauseMsMax ?? PAUSE_MS_MAX };
    return withPatience(work, { ...patience, signal, onHeld: (pauseMs) => this.rate.holdFor(pauseMs) }).catch((error: unknown) => {
      // What the answer before cost stays with the question.
      if (!(error instanceof ProviderError) || usage === undefined) throw error;
      const { code, status, retryAfterMs } = error;
      throw new ProviderError({ code, provider: provider.name, message: 'the second answer to a question did not come', status, retryAfterMs, usage, cause: error });
    });
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
