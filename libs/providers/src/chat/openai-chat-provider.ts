import { Agent, type Dispatcher } from 'undici';
import { ProviderCalls, type ProviderCall } from '../call/provider-calls.js';
import { errorOfStatus, retryAfterOf, type ProviderError } from '../call/provider-error.js';
import type { ProviderConfig } from '../config/provider-config.js';
import type { ChatAnswer, ChatPiece, ChatProvider, ChatRequest } from './chat-provider.js';
import { detailOf, readCompletion, StreamedAnswer } from './read-answer.js';
import { ServerSentEvents } from './server-sent-events.js';

const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const PIECE_TIMEOUT_MS = 10_000;
/** Servers that say nothing of it close what was idle for 5 s (Node, uvicorn); to write to such a connection just then fails, and is not repeated. */
const KEEP_ALIVE_MS = 4_000;
const END_OF_STREAM = '[DONE]';
/** What may follow the end of a stream, so that its connection can be used again. */
const REST_BYTES_MAX = 4_096;

const bodyOf = ({ model, messages, seed, parameters }: ChatRequest) => ({ ...parameters, model, messages, ...(seed !== undefined && { seed }) });

/**
 * Chat completions of any provider that speaks OpenAI's protocol. They go through undici, because this is what every request waits for: the openai
 * package costs 0.30 to 0.39 ms CPU a call with keep-alive (2-core machine, Node 24), undici 0.04 to 0.06 ms (bench/client-overhead.mjs).
 */
export class OpenAiChatProvider implements ChatProvider {
  readonly name: string;
  private readonly calls: ProviderCalls;
  private readonly agent: Agent;
  private readonly origin: string;
  private readonly path: string;
  private readonly headers: Record<string, string>;

  constructor(private readonly config: ProviderConfig) {
    const url = new URL(config.baseUrl);
    this.name = config.name;
    this.calls = new ProviderCalls(config, { repeats: 'unsent' });
    // undici's own limits stay off: the call's clock is the one limit, and it also covers waiting for a place.
    this.agent = new Agent({ connections: config.maxConcurrency, headersTimeout: 0, bodyTimeout: 0, maxResponseSize: MAX_ANSWER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS });
    this.origin = url.origin;
    this.path = `${url.pathname.replace(/\/$/u, '')}/chat/completions${url.search}`;
    this.headers = { 'content-type': 'application/json', ...(config.apiKey !== undefined && { authorization: `Bearer ${config.apiKey}` }) };
  }

  async complete(request: ChatRequest): Promise<ChatAnswer> {
    const body = JSON.stringify(bodyOf(request));
    const { response, text } = await this.calls.run(async (signal) => {
      const answered = await this.post(body, signal, request.traceparent);
      return { response: answered, text: await answered.body.text() };
    }, request.signal);
    if (response.statusCode < 200 || response.statusCode > 299) throw this.refusal(response, text);
    return readCompletion(text, this.name);
  }

  async *stream(request: ChatRequest): AsyncGenerator<ChatPiece, void, undefined> {
    const call = await this.calls.begin(request.signal);
    const answer = new StreamedAnswer(this.name);
    try {
      for await (const event of this.events(call, request)) {
        const delta = answer.take(event);
        if (delta !== '') yield { delta };
      }
    } catch (error) {
      throw call.explain(error);
    } finally {
      call.end();
    }
    yield { answer: answer.end() };
  }

  async close(): Promise<void> {
    await this.agent.close();
  }

  private post(body: string, signal: AbortSignal, traceparent: string | undefined): Promise<Dispatcher.ResponseData> {
    return this.agent.request({ origin: this.origin, path: this.path, method: 'POST', headers: traceparent === undefined ? this.headers : { ...this.headers, traceparent }, body, signal });
  }

  /** The data of a stream's events up to its end, or to where it breaks off. Time counts only while the provider is waited for, not its reader. */
  private async *events(call: ProviderCall, request: ChatRequest): AsyncGenerator<string, void, undefined> {
    const { firstPieceTimeoutMs, pieceTimeoutMs = PIECE_TIMEOUT_MS } = this.config;
    const body = JSON.stringify({ ...bodyOf(request), stream: true, stream_options: { include_usage: true } });
    call.expect('first piece', firstPieceTimeoutMs);
    const response = await this.calls.connect(call, (signal) => this.post(body, signal, request.traceparent));
    if (response.statusCode < 200 || response.statusCode > 299) throw this.refusal(response, await response.body.text());
    const parser = new ServerSentEvents();
    const chunks = response.body.iterator({ destroyOnReturn: false });
    // The iterator tells of errors while it is asked; one that comes when nobody asks any more is of no interest.
    response.body.on('error', () => undefined);
    let ended = false;
    try {
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
        call.expect('next piece', undefined);
        for (const event of parser.push(next.value as Uint8Array)) {
          if (event === END_OF_STREAM) {
            ended = true;
            return;
          }
          yield event;
        }
        call.expect('next piece', pieceTimeoutMs);
      }
    } finally {
      if (ended) void response.body.dump({ limit: REST_BYTES_MAX }).catch(() => undefined);
      else response.body.destroy();
    }
  }

  private refusal({ statusCode: status, headers }: Dispatcher.ResponseData, text: string): ProviderError {
    const get = (name: string): string | null => [headers[name]].flat()[0] ?? null;
    return errorOfStatus({ provider: this.name, status, detail: detailOf(text), retryAfterMs: retryAfterOf({ get }) });
  }
}
