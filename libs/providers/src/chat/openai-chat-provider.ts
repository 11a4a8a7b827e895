import type OpenAI from 'openai';
import { Agent } from 'undici';
import { z } from 'zod';
import { openAiClient } from '../call/openai-client.js';
import { ProviderCalls } from '../call/provider-calls.js';
import { errorOfStatus, ProviderError } from '../call/provider-error.js';
import type { ProviderConfig } from '../config/provider-config.js';
import type { ChatAnswer, ChatPiece, ChatProvider, ChatRequest } from './chat-provider.js';

const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

const usageSchema = z.object({ prompt_tokens: z.number().int().nonnegative(), completion_tokens: z.number().int().nonnegative() });
/** What the embedded model says beside OpenAI's fields. */
const extensionSchema = z.object({ confidence: z.number().min(0).max(1).optional(), abstained: z.boolean().optional() });
const completionSchema = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }), finish_reason: z.string().nullish() })).min(1),
  usage: usageSchema.nullish(),
  ratchet: extensionSchema.nullish(),
});
const streamEndSchema = z.object({ usage: usageSchema.nullish().catch(undefined), ratchet: extensionSchema.nullish().catch(undefined) });

type Facts = z.infer<typeof streamEndSchema>;

const answerOf = ({ content, finishReason, usage, ratchet }: { content: string; finishReason: string } & Facts): ChatAnswer => ({
  content,
  finishReason,
  ...(usage && { usage: { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens } }),
  ...(ratchet?.confidence !== undefined && { confidence: ratchet.confidence }),
  ...(ratchet?.abstained !== undefined && { abstained: ratchet.abstained }),
});

const bodyOf = ({ model, messages, seed, parameters }: ChatRequest) => ({ ...parameters, model, messages, ...(seed !== undefined && { seed }) });

/** What the provider says went wrong, where its body is of OpenAI's error shape. */
const detailOf = (text: string): string | undefined => {
  try {
    return (JSON.parse(text) as { error?: { message?: string } }).error?.message;
  } catch {
    return undefined;
  }
};

/**
 * Chat completions of any provider that speaks OpenAI's protocol.
 *
 * Whole answers go through undici, because this is what every request waits for: the openai package costs 0.30 to 0.39 ms CPU a call
 * with keep-alive (2-core machine, Node 24), undici 0.04 to 0.06 ms (bench/client-overhead.mjs). Streams use the openai package.
 */
export class OpenAiChatProvider implements ChatProvider {
  readonly name: string;
  private readonly calls: ProviderCalls;
  private readonly agent: Agent;
  private readonly streaming: OpenAI;
  private readonly origin: string;
  private readonly path: string;
  private readonly headers: Record<string, string>;

  constructor(config: ProviderConfig) {
    const url = new URL(config.baseUrl);
    this.name = config.name;
    this.calls = new ProviderCalls(config);
    // undici's own limits stay off: the call's timer is the one limit, and it also covers waiting for a place.
    this.agent = new Agent({ connections: config.maxConcurrency, headersTimeout: 0, bodyTimeout: 0, maxResponseSize: MAX_ANSWER_BYTES, keepAliveTimeout: 30_000 });
    this.streaming = openAiClient(config);
    this.origin = url.origin;
    this.path = `${url.pathname.replace(/\/$/u, '')}/chat/completions${url.search}`;
    this.headers = { 'content-type': 'application/json', ...(config.apiKey !== undefined && { authorization: `Bearer ${config.apiKey}` }) };
  }

  async complete(request: ChatRequest): Promise<ChatAnswer> {
    const body = JSON.stringify(bodyOf(request));
    const { status, text } = await this.calls.run(async (signal) => {
      const response = await this.agent.request({ origin: this.origin, path: this.path, method: 'POST', headers: this.headers, body, signal });
      return { status: response.statusCode, text: await response.body.text() };
    }, request.signal);
    if (status < 200 || status > 299) throw errorOfStatus({ provider: this.name, status, detail: detailOf(text) });
    return this.read(text);
  }

  async *stream(request: ChatRequest): AsyncGenerator<ChatPiece, void, undefined> {
    const call = await this.calls.begin(request.signal);
    let content = '';
    let finishReason: string | undefined;
    const facts: Facts = {};
    try {
      const chunks = await this.calls.connect(call, async (signal) =>
        this.streaming.chat.completions.create(
          { ...bodyOf(request), stream: true, stream_options: { include_usage: true } } as OpenAI.ChatCompletionCreateParamsStreaming,
          { signal },
        ),
      );
      for await (const chunk of chunks) {
        const { usage, ratchet } = streamEndSchema.parse(chunk);
        if (usage) facts.usage = usage;
        if (ratchet) facts.ratchet = ratchet;
        const [choice] = chunk.choices ?? [];
        finishReason = choice?.finish_reason ?? finishReason;
        const delta = choice?.delta?.content ?? '';
        if (delta === '') continue;
        content += delta;
        yield { delta };
      }
      // The openai package ends its loop in silence when the signal aborts.
      if (call.signal.aborted) throw new Error('aborted');
      if (finishReason === undefined) throw new ProviderError({ code: 'bad_response', provider: this.name, message: 'the stream ended without a finish_reason' });
    } catch (error) {
      throw call.explain(error);
    } finally {
      call.end();
    }
    yield { answer: answerOf({ content, finishReason, ...facts }) };
  }

  async close(): Promise<void> {
    await this.agent.close();
  }

  private read(text: string): ChatAnswer {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw new ProviderError({ code: 'bad_response', provider: this.name, message: 'the answer is not JSON', cause });
    }
    const parsed = completionSchema.safeParse(value);
    const [choice] = parsed.data?.choices ?? [];
    if (!parsed.success || !choice) throw new ProviderError({ code: 'bad_response', provider: this.name, message: 'the answer is not a chat completion', cause: parsed.error });
    const { message, finish_reason: finishReason } = choice;
    return answerOf({ content: message.content ?? message.refusal ?? '', finishReason: finishReason ?? 'stop', usage: parsed.data.usage, ratchet: parsed.data.ratchet });
  }
}
