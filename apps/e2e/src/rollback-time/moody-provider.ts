import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export type Mood = 'well' | 'failing' | 'slow';

const USUAL_MS = 20;
const SLOW_MS = 600;

/** What it answers where its answers are worth nothing. */
export const NONSENSE = 'The weather is fine today.';

/** Chat completions whose quality can be changed from one moment to the next. */
export class MoodyProvider {
  mood: Mood = 'well';
  /** Requests that hold this text are answered with nonsense. */
  nonsenseFor: string | undefined;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<MoodyProvider> {
    const server = createServer();
    const provider = new MoodyProvider(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => void provider.answer(Buffer.concat(chunks).toString()).then(({ status, body }) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return provider;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async answer(request: string): Promise<{ status: number; body: unknown }> {
    const { mood } = this;
    if (mood === 'failing') return { status: 500, body: { error: { message: 'out of order' } } };
    await wait(mood === 'slow' ? SLOW_MS : USUAL_MS);
    const isNonsense = this.nonsenseFor !== undefined && request.includes(this.nonsenseFor);
    const message = { role: 'assistant', content: isNonsense ? NONSENSE : 'Open the settings and choose Reset.' };
    return { status: 200, body: { id: 'moody', object: 'chat.completion', created: 0, model: 'moody', choices: [{ index: 0, message, finish_reason: 'stop' }], usage: { prompt_tokens: 9, completion_tokens: 8, total_tokens: 17 } } };
  }
}
