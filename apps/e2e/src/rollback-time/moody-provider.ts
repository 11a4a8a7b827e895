import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export type Mood = 'well' | 'failing' | 'slow';

const USUAL_MS = 20;
const SLOW_MS = 600;

/** Chat completions whose quality can be changed from one moment to the next. */
export class MoodyProvider {
  mood: Mood = 'well';

  private constructor(private readonly server: Server) {}

  static async start(): Promise<MoodyProvider> {
    const server = createServer();
    const provider = new MoodyProvider(server);
    server.on('request', (request, response) => {
      request.resume();
      request.on('end', () => void provider.answer().then(({ status, body }) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))));
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

  private async answer(): Promise<{ status: number; body: unknown }> {
    const { mood } = this;
    if (mood === 'failing') return { status: 500, body: { error: { message: 'out of order' } } };
    await wait(mood === 'slow' ? SLOW_MS : USUAL_MS);
    const message = { role: 'assistant', content: 'Open the settings and choose Reset.' };
    return { status: 200, body: { id: 'moody', object: 'chat.completion', created: 0, model: 'moody', choices: [{ index: 0, message, finish_reason: 'stop' }], usage: { prompt_tokens: 9, completion_tokens: 8, total_tokens: 17 } } };
  }
}
