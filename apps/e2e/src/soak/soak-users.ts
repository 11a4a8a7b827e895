import { setTimeout as wait } from 'node:timers/promises';
import { seededRandom, uniqueName } from '@ratchet/testing';

const SUBJECTS = ['my order', 'the invoice', 'a lamp that came broken', 'my password', 'the delivery date', 'a voucher', 'the size of a coat', 'my address', 'a second parcel', 'the warranty'];
const QUESTIONS = ['Where do I find', 'How do I change', 'Who helps me with', 'What do I do about', 'Why can I not see', 'When will I hear about'];
const COMPLAINTS = ['That is not what I asked.', 'No, I meant something else.', 'This does not help me at all.'];
/** Of the conversations. */
const FAILING = 0.1;
const TURNS_MAX = 3;
const PAUSE_MS = 400;

export interface SoakUsersOptions {
  readonly gatewayUrl: string;
  readonly model: string;
  readonly workload: string;
  /** Requests a second, whatever the answers take. */
  readonly rate: number;
  readonly seed: number;
}

/** An open loop of users: conversations of one to three turns begin at their rate, a tenth of them fails. */
export class SoakUsers {
  answered = 0;
  unanswered = 0;
  private readonly random;
  private readonly latenciesMs: number[] = [];
  private readonly talks = new Set<Promise<void>>();
  private stopping = false;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: SoakUsersOptions) {
    this.random = seededRandom(options.seed);
  }

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
    await Promise.all(this.talks);
  }

  /** Of the answers since it was last asked; 0 where there was none. */
  p95Ms(): number {
    const sorted = this.latenciesMs.splice(0).sort((one, other) => one - other);
    return sorted[Math.floor(sorted.length * 0.95)] ?? 0;
  }

  private async run(): Promise<void> {
    const meanTurns = (1 + TURNS_MAX) / 2;
    const everyMs = (1_000 * meanTurns) / this.options.rate;
    for (let due = performance.now(); !this.stopping; due += everyMs) {
      await wait(Math.max(0, due - performance.now()));
      const talk = this.converse().catch(() => {
        this.unanswered += 1;
      });
      this.talks.add(talk);
      void talk.finally(() => this.talks.delete(talk));
    }
  }

  private pick(from: readonly string[]): string {
    return from[Math.floor(this.random.next() * from.length)] ?? '';
  }

  private async converse(): Promise<void> {
    const conversationId = uniqueName('conversation');
    const turns = 1 + Math.floor(this.random.next() * TURNS_MAX);
    const fails = this.random.next() < FAILING;
    const messages: { role: string; content: string }[] = [{ role: 'user', content: `${this.pick(QUESTIONS)} ${this.pick(SUBJECTS)}?` }];
    for (let turn = 0; turn < turns && !this.stopping; turn += 1) {
      const { content, interactionId } = await this.ask(conversationId, messages);
      const isLast = turn === turns - 1;
      if (isLast && fails) await this.complain(conversationId, interactionId);
      if (isLast) return;
      await wait(PAUSE_MS);
      messages.push({ role: 'assistant', content }, { role: 'user', content: fails ? `${this.pick(COMPLAINTS)} ${messages[0]?.content ?? ''}` : `${this.pick(QUESTIONS)} ${this.pick(SUBJECTS)}?` });
    }
  }

  private async ask(conversationId: string, messages: readonly object[]): Promise<{ content: string; interactionId: string }> {
    const startedMs = performance.now();
    const response = await this.post('/v1/chat/completions', conversationId, { model: this.options.model, messages });
    const { choices } = (await response.json()) as { choices: readonly { message: { content: string } }[] };
    this.latenciesMs.push(performance.now() - startedMs);
    this.answered += 1;
    return { content: choices[0]?.message.content ?? '', interactionId: response.headers.get('x-ratchet-interaction') ?? '' };
  }

  private async complain(conversationId: string, interactionId: string): Promise<void> {
    const feedback = { conversationId, interactionId, name: 'thumbs', value: false, comment: this.pick(COMPLAINTS) };
    await (await this.post('/v1/feedback', conversationId, feedback)).arrayBuffer();
  }

  private async post(path: string, conversationId: string, body: object): Promise<Response> {
    const { gatewayUrl, workload } = this.options;
    const headers = { 'content-type': 'application/json', 'x-ratchet-workload': workload, 'x-ratchet-conversation': conversationId, 'x-ratchet-user': `user-${Math.floor(this.random.next() * 5_000)}` };
    const response = await fetch(`${gatewayUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(20_000) });
    if (!response.ok) throw new Error(`${path} was answered with ${response.status}`);
    return response;
  }
}
