import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it came over the wire. */
export interface TeacherAsk {
  /** Name of the asked shape, `correction` say; empty where none was asked for. */
  readonly kind: string;
  readonly instructions: string;
  /** The user's message, read as JSON where it is JSON. */
  readonly input: unknown;
  readonly model: string;
  readonly headers: IncomingHttpHeaders;
  /** SHA-256 of model, shape and messages: the same question has the same hash. */
  readonly contentHash: string;
  /** How often this very question has come, this time included. */
  readonly times: number;
  readonly receivedAtMs: number;
}

export interface ScriptedReply {
  /** Becomes the answer's JSON. */
  readonly value?: unknown;
  /** In place of `value`: the answer as it stands, broken JSON say. */
  readonly text?: string;
  /** 200 where absent; any other makes an error of OpenAI's shape. */
  readonly status?: number;
  /** Sent as `retry-after`. */
  readonly retryAfterSeconds?: number;
  readonly afterMs?: number;
  /** 1,000 and 100 tokens where absent; `null`: the server counts none. */
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number } | null;
  /** Ends the connection without an answer. */
  readonly hangUp?: boolean;
}

export type TeacherScript = (ask: TeacherAsk) => ScriptedReply;

const DEFAULT_USAGE = { inputTokens: 1_000, outputTokens: 100 };

interface WireRequest {
  readonly model?: string;
  readonly messages?: readonly { readonly role: string; readonly content: string }[];
  readonly response_format?: { readonly json_schema?: { readonly name?: string } };
}

const readInput = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

/**
 * A stand-in for a teacher, for tests only: a real HTTP server with OpenAI's wire shapes whose answers a script gives. It understands nothing; what it
 * knows stands in the script. It keeps every request, so that a test can count what a real provider would have charged for.
 */
export class ScriptedTeacherServer {
  readonly asked: TeacherAsk[] = [];
  /** Requests that got status 200: what a real provider would have charged for. */
  readonly charged: TeacherAsk[] = [];
  private open = 0;
  /** Most requests that were under way at once. */
  mostAtOnce = 0;
  private readonly server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => this.receive({ url: incoming.url ?? '', headers: incoming.headers, body: Buffer.concat(chunks).toString() }, response));
  });

  private constructor(private script: TeacherScript) {}

  static async open(script: TeacherScript): Promise<ScriptedTeacherServer> {
    const scripted = new ScriptedTeacherServer(script);
    await new Promise<void>((resolve, reject) => scripted.server.once('error', reject).listen(0, '127.0.0.1', resolve));
    return scripted;
  }

  /** For a provider's `baseUrl`. */
  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  /** From now on it answers by another script. */
  answerBy(script: TeacherScript): void {
    this.script = script;
  }

  /** How often each question was charged for, by content hash. */
  chargedTimes(): ReadonlyMap<string, number> {
    return new Map([...Map.groupBy(this.charged, ({ contentHash }) => contentHash)].map(([hash, asks]) => [hash, asks.length]));
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private receive({ url, headers, body }: { url: string; headers: IncomingHttpHeaders; body: string }, response: ServerResponse): void {
    if (!url.endsWith('/chat/completions')) return sendError(response, { status: 404, message: 'this server has chat completions alone' });
    const ask = this.read(body, headers);
    this.asked.push(ask);
    const reply = this.script(ask);
    this.open += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.open);
    const timer = setTimeout(() => this.send(ask, reply, response), reply.afterMs ?? 0);
    // Also where the client went away before it was answered.
    response.once('close', () => {
      clearTimeout(timer);
      this.open -= 1;
    });
  }

  private read(body: string, headers: IncomingHttpHeaders): TeacherAsk {
    const { model = '', messages = [], response_format } = JSON.parse(body) as WireRequest;
    const kind = response_format?.json_schema?.name ?? '';
    const contentHash = createHash('sha256').update(JSON.stringify([model, kind, messages])).digest('hex');
    const times = this.asked.filter((before) => before.contentHash === contentHash).length + 1;
    return {
      kind, model, headers, contentHash, times,
      instructions: messages.find(({ role }) => role === 'system')?.content ?? '',
      input: readInput(messages.find(({ role }) => role === 'user')?.content ?? ''),
      receivedAtMs: Date.now(),
    };
  }

  private send(ask: TeacherAsk, reply: ScriptedReply, response: ServerResponse): void {
    const { status = 200, retryAfterSeconds, hangUp, usage = DEFAULT_USAGE } = reply;
    if (hangUp) {
      response.destroy();
      return;
    }
    if (status !== 200) return sendError(response, { status, message: 'scripted', retryAfterSeconds });
    this.charged.push(ask);
    response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        id: `chatcmpl-${this.charged.length}`, object: 'chat.completion', created: Math.floor(Date.now() / 1_000), model: ask.model,
        choices: [{ index: 0, message: { role: 'assistant', content: reply.text ?? JSON.stringify(reply.value ?? null) }, finish_reason: 'stop' }],
        ...(usage && { usage: { prompt_tokens: usage.inputTokens, completion_tokens: usage.outputTokens, total_tokens: usage.inputTokens + usage.outputTokens } }),
      }),
    );
  }
}

const sendError = (response: ServerResponse, { status, message, retryAfterSeconds }: { status: number; message: string; retryAfterSeconds?: number | undefined }): void => {
  response
    .writeHead(status, { 'content-type': 'application/json', ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }) })
    .end(JSON.stringify({ error: { message, type: 'scripted', code: null } }));
};
