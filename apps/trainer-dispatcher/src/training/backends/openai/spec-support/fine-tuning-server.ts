import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseProviders } from '@ratchet/providers';
import type { ProviderConfig } from '@ratchet/providers';

export interface ServedJob {
  readonly id: string;
  readonly training_file: string;
  status: string;
  fine_tuned_model?: string;
  trained_tokens?: number;
  error?: { message: string };
}

/** A provider with OpenAI's fine-tuning jobs, on a real port, which can lose answers and forget to list. */
export class FineTuningServer {
  readonly files: string[] = [];
  readonly jobs: ServedJob[] = [];
  readonly bodies: Record<string, unknown>[] = [];
  /** Of each job, newest first. */
  events: object[] = [];
  /** What becomes of the next creations. */
  readonly creations: ('lost' | 'refused' | 'busy')[] = [];
  /** Of files of results. */
  readonly contents = new Map<string, string>();
  lists = true;
  /** Nobody is let in to jobs that exist. */
  locked = false;
  honoursKeys = false;
  private readonly keys = new Map<string, ServedJob>();
  private readonly server = createServer((request, response) => void this.answer(request, response));

  async start(change: Partial<ProviderConfig> = {}): Promise<ProviderConfig> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const [provider] = parseProviders(JSON.stringify([{ name: 'wire', baseUrl: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`, ...change }]));
    if (!provider) throw new Error('no provider');
    return provider;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://test');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const json = (value: object, status = 200): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const content = /\/files\/([^/]+)\/content$/u.exec(url.pathname)?.[1];
    if (content !== undefined) return void response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(this.contents.get(content) ?? '');
    if (url.pathname.endsWith('/files')) return json({ id: `file-${this.files.push(body)}` });
    const [, id, what] = /\/fine_tuning\/jobs(?:\/([^/]+))?(?:\/(\w+))?$/u.exec(url.pathname) ?? [];
    if (id === undefined && request.method === 'POST') return this.create(request, { body, response, json });
    if (id === undefined && !this.lists) return json({ error: { message: 'not here' } }, 404);
    if (id === undefined) {
      const from = this.jobs.findIndex((job) => job.id === url.searchParams.get('after')) + 1;
      return json({ data: this.jobs.slice(from, from + 2), has_more: from + 2 < this.jobs.length });
    }
    const job = this.jobs.find((known) => known.id === id);
    if (!job) return json({ error: { message: 'no such job' } }, 404);
    if (this.locked) return json({ error: { message: 'the key is not good' } }, 401);
    if (what === 'events') return json({ data: this.events });
    if (what === 'cancel' && job.status === 'succeeded') return json({ error: { message: 'it has ended' } }, 400);
    if (what === 'cancel') job.status = 'cancelled';
    json(job);
  }

  private create(request: IncomingMessage, { body, response, json }: { body: string; response: ServerResponse; json: (value: object, status?: number) => void }): void {
    const fate = this.creations.shift();
    if (fate === 'refused') return json({ error: { message: 'unknown model' } }, 400);
    if (fate === 'busy') return json({ error: { message: 'too many' } }, 429);
    const key = String(request.headers['idempotency-key']);
    const known = this.honoursKeys ? this.keys.get(key) : undefined;
    const parsed = JSON.parse(body) as Record<string, unknown> & { training_file: string };
    const job = known ?? { id: `job-${this.jobs.length + 1}`, training_file: parsed.training_file, status: 'running' };
    if (!known) {
      this.jobs.push(job);
      this.bodies.push(parsed);
      this.keys.set(key, job);
    }
    if (fate === 'lost') return void response.destroy();
    json(job);
  }
}
