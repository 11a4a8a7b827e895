import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import { seededRandom } from './random.js';
import { SimulatedUser } from './user.js';
import type { ChatMessage, FeedbackGiven, Outcome, ProductDoor, World } from './user.js';

export interface SimulatorOptions {
  readonly gatewayUrl: string;
  readonly model: string;
  readonly seed: number;
  readonly conversationsPerSecond: number;
  readonly openConversationsMax?: number;
  readonly connections?: number;
}

export interface Traffic {
  conversations: number;
  requests: number;
  wrong: number;
  errors: number;
}

const EVENTS_A_POST = 100;
const FLUSH_EVERY_MS = 100;
const USERS = 20_000;

/** Many users at once, over HTTP and nothing else: chat completions, and a product's own events. */
export class Simulator {
  readonly traffic: Traffic = { conversations: 0, requests: 0, wrong: 0, errors: 0 };
  private readonly pool: Pool;
  private readonly random: () => number;
  private started = 0;
  private open = 0;
  private events: object[] = [];

  constructor(private readonly options: SimulatorOptions) {
    this.pool = new Pool(options.gatewayUrl, { connections: options.connections ?? 48, pipelining: 1 });
    this.random = seededRandom(options.seed);
  }

  /** Sends conversations at the configured rate until `done` says so, then waits for those under way. */
  async run(world: World, done: () => boolean): Promise<void> {
    const { conversationsPerSecond, openConversationsMax = 800 } = this.options;
    const flusher = setInterval(() => void this.flush(), FLUSH_EVERY_MS);
    let due = 0;
    let last = performance.now();
    try {
      while (!done()) {
        const now = performance.now();
        // What could not be sent in time is not made up for: the rate is a wish, not a debt.
        due = Math.min(due + ((now - last) / 1_000) * conversationsPerSecond, 50);
        last = now;
        for (; due >= 1 && this.open < openConversationsMax; due -= 1) void this.converse(world);
        await wait(5);
      }
      while (this.open > 0) await wait(10);
    } finally {
      clearInterval(flusher);
      await this.flush();
    }
  }

  async close(): Promise<void> {
    await this.pool.close();
  }

  private async converse(world: World): Promise<void> {
    this.open += 1;
    this.started += 1;
    const conversationId = `sim-${this.options.seed}-${Date.now().toString(36)}-${this.started}`;
    try {
      const random = seededRandom(Math.floor(this.random() * 2 ** 32));
      const outcome = await new SimulatedUser(world, this.doorOf(conversationId, random), random).converse();
      this.count(outcome);
    } catch {
      this.traffic.errors += 1;
    } finally {
      this.open -= 1;
    }
  }

  private count({ asked, wrong }: Outcome): void {
    this.traffic.conversations += 1;
    this.traffic.requests += asked;
    this.traffic.wrong += wrong;
  }

  private doorOf(conversationId: string, random: () => number): ProductDoor {
    const userId = `user-${Math.floor(random() * USERS)}`;
    return {
      ask: (messages) => this.ask({ conversationId, userId, messages }),
      feedback: ({ interactionId, ...given }) => this.emit('ratchet.feedback.given', conversationId, { ...feedbackOf(given, conversationId, interactionId, userId) }),
      handoff: (interactionId) => this.emit('ratchet.handoff.requested', conversationId, { conversationId, interactionId, requestedAt: new Date().toISOString() }),
      end: (taskCompleted) =>
        this.emit('ratchet.conversation.ended', conversationId, { conversationId, endedAt: new Date().toISOString(), ...(taskCompleted !== undefined && { taskCompleted }) }),
      wait: async (ms) => void (await wait(ms)),
    };
  }

  private async ask({ conversationId, userId, messages }: { conversationId: string; userId: string; messages: readonly ChatMessage[] }): Promise<{ reply: string; interactionId: string }> {
    const { statusCode, headers, body } = await this.pool.request({
      path: '/v1/chat/completions',
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-ratchet-conversation': conversationId, 'x-ratchet-user': userId },
      body: JSON.stringify({ model: this.options.model, messages }),
    });
    const answer = (await body.json()) as { choices?: { message?: { content?: string } }[] };
    if (statusCode !== 200) throw new Error(`the gateway answered ${statusCode}`);
    return { reply: answer.choices?.[0]?.message?.content ?? '', interactionId: String(headers['x-ratchet-interaction']) };
  }

  private emit(type: string, conversationId: string, data: object): void {
    this.events.push({ specversion: '1.0', id: `${conversationId}-${type}-${this.events.length}-${Math.floor(this.random() * 1e9)}`, source: '/simulator', type, time: new Date().toISOString(), data });
    if (this.events.length >= EVENTS_A_POST) void this.flush();
  }

  private async flush(): Promise<void> {
    const events = this.events.splice(0, EVENTS_A_POST * 4);
    if (events.length === 0) return;
    try {
      const { statusCode, body } = await this.pool.request({
        path: '/v1/events',
        method: 'POST',
        headers: { 'content-type': 'application/cloudevents-batch+json' },
        body: JSON.stringify(events),
      });
      await body.dump();
      if (statusCode >= 300) this.traffic.errors += 1;
    } catch {
      this.traffic.errors += 1;
    }
  }
}

const feedbackOf = (given: Omit<FeedbackGiven, 'interactionId'>, conversationId: string, interactionId: string, userId: string): object => ({
  feedbackId: `${conversationId}-${interactionId}-${given.name}`,
  conversationId,
  interactionId,
  ...given,
  source: { type: 'user', id: userId },
  givenAt: new Date().toISOString(),
});
