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

export interface Answer {
  readonly interactionId: string;
  readonly version: string;
  readonly text: string;
}

/** What is told of an answer, but for where it belongs. */
export type FeedbackOn = (answer: Answer) => { readonly name: string; readonly value: boolean; readonly source?: { readonly type: string; readonly id: string } } | undefined;

/** Users of one gateway; each request is a conversation of its own, and of some answers something is told. */
export class Product {
  feedbackOn: FeedbackOn = () => undefined;
  /** Requests that were answered. */
  asked = 0;
  /** Answers of which something was told. */
  told = 0;
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
  async ask(feedbackOn = this.feedbackOn): Promise<Answer> {
    const { gatewayUrl, model, workload } = this.options;
    const conversationId = uniqueName('conversation');
    const headers = { 'content-type': 'application/json', 'x-ratchet-workload': workload, 'x-ratchet-conversation': conversationId };
    const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'How do I reset my password?' }] });
    const response = await fetch(`${gatewayUrl}/v1/chat/completions`, { method: 'POST', headers, body, signal: AbortSignal.timeout(20_000) });
    const text = await response.text();
    if (!response.ok) throw new Error(`the gateway answered ${response.status}: ${text.slice(0, 300)}`);
    this.asked += 1;
    const answer = { interactionId: response.headers.get('x-ratchet-interaction') ?? '', version: response.headers.get('x-ratchet-version') ?? '', text };
    const feedback = feedbackOn(answer);
    if (feedback === undefined) return answer;
    const reported = await fetch(`${gatewayUrl}/v1/feedback`, { method: 'POST', headers, body: JSON.stringify({ conversationId, interactionId: answer.interactionId, ...feedback }), signal: AbortSignal.timeout(20_000) });
    if (!reported.ok) throw new Error(`the gateway answered ${reported.status}: ${(await reported.text()).slice(0, 300)}`);
    this.told += 1;
    return answer;
  }
}
