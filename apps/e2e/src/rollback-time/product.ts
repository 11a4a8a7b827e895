import { setTimeout as wait } from 'node:timers/promises';
import { uniqueName } from '@ratchet/testing';

export interface ProductOptions {
  readonly gatewayUrl: string;
  readonly model: string;
  readonly workload: string;
  readonly atOnce: number;
  /** Pause of each user between two requests. */
  readonly pauseMs: number;
}

/** Users of one gateway; each request is a conversation of its own. A guard of the product reports the answers of the version that it finds unsafe. */
export class Product {
  /** Its answers are reported as unsafe. */
  unsafeVersion: string | undefined;
  /** Requests that got no answer. */
  failures = 0;
  private stopping = false;
  private users: Promise<void>[] = [];

  constructor(private readonly options: ProductOptions) {}

  start(): void {
    this.users = Array.from({ length: this.options.atOnce }, () => this.use());
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.users);
  }

  private async use(): Promise<void> {
    while (!this.stopping) {
      await this.ask().catch(() => {
        this.failures += 1;
      });
      await wait(this.options.pauseMs * (0.5 + Math.random()));
    }
  }

  /** One request; rejects where it gets no answer. */
  async ask(): Promise<void> {
    const { gatewayUrl, model, workload } = this.options;
    const conversationId = uniqueName('conversation');
    const headers = { 'content-type': 'application/json', 'x-ratchet-workload': workload, 'x-ratchet-conversation': conversationId };
    const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'How do I reset my password?' }] });
    const response = await fetch(`${gatewayUrl}/v1/chat/completions`, { method: 'POST', headers, body, signal: AbortSignal.timeout(20_000) });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`the gateway answered ${response.status}`);
    if (this.unsafeVersion === undefined || response.headers.get('x-ratchet-version') !== this.unsafeVersion) return;
    const feedback = { conversationId, interactionId: response.headers.get('x-ratchet-interaction'), name: 'unsafe', value: true, source: { type: 'code', id: 'guard' } };
    const reported = await fetch(`${gatewayUrl}/v1/feedback`, { method: 'POST', headers, body: JSON.stringify(feedback), signal: AbortSignal.timeout(20_000) });
    if (!reported.ok) throw new Error(`the gateway answered ${reported.status}: ${(await reported.text()).slice(0, 300)}`);
  }
}
