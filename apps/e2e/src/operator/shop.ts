import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { uniqueName } from '@ratchet/testing';

const GOOD = 'Open the settings and choose Reset.';
const BAD = 'The weather is fine today.';

/** A model at a provider. From `spoil` on it answers nonsense to whoever instructs it with a text that holds `spoilt`, as after a change at the provider. */
export class ShopModel {
  private spoilt: string | undefined;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<ShopModel> {
    const server = createServer();
    const model = new ShopModel(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => response.setHeader('content-type', 'application/json').end(JSON.stringify(model.answer(Buffer.concat(chunks).toString()))));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return model;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  spoil(instruction: string): void {
    this.spoilt = instruction;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private answer(request: string): object {
    const content = this.spoilt !== undefined && request.includes(this.spoilt) ? BAD : GOOD;
    return { id: 'shop', object: 'chat.completion', created: 0, model: 'shop', choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }], usage: { prompt_tokens: 9, completion_tokens: 8, total_tokens: 17 } };
  }
}

/** Users of a gateway, each request a conversation of its own; who gets nonsense says so. */
export class ShopUsers {
  asked = 0;
  complaints = 0;
  unanswered = 0;
  private stopping = false;
  private users: Promise<void>[] = [];

  constructor(private readonly options: { readonly gatewayUrl: string; readonly model: string; readonly workload: string; readonly atOnce: number; readonly pauseMs: number }) {}

  start(): void {
    this.users = Array.from({ length: this.options.atOnce }, () => this.use());
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.users);
  }

  /** One request; gives its interaction. Rejects where it gets no answer. */
  async ask({ complains = false } = {}): Promise<string> {
    const { gatewayUrl, model, workload } = this.options;
    const conversationId = uniqueName('conversation');
    const headers = { 'content-type': 'application/json', 'x-ratchet-workload': workload, 'x-ratchet-conversation': conversationId };
    const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'How do I reset my password?' }] });
    const response = await fetch(`${gatewayUrl}/v1/chat/completions`, { method: 'POST', headers, body, signal: AbortSignal.timeout(20_000) });
    const answer = await response.text();
    if (!response.ok) throw new Error(`the gateway answered ${response.status}: ${answer.slice(0, 300)}`);
    this.asked += 1;
    const interactionId = response.headers.get('x-ratchet-interaction') ?? '';
    if (!complains && !answer.includes(BAD)) return interactionId;
    this.complaints += 1;
    const feedback = { conversationId, interactionId, name: 'thumbs', value: false };
    const told = await fetch(`${gatewayUrl}/v1/feedback`, { method: 'POST', headers, body: JSON.stringify(feedback), signal: AbortSignal.timeout(20_000) });
    if (!told.ok) throw new Error(`the gateway answered ${told.status} to feedback`);
    return interactionId;
  }

  private async use(): Promise<void> {
    while (!this.stopping) {
      await this.ask().catch(() => {
        this.unanswered += 1;
      });
      await wait(this.options.pauseMs * (0.5 + Math.random()));
    }
  }
}
