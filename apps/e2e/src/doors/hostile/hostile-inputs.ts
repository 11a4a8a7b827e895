import { gzipSync } from 'node:zlib';
import { encodeEvent, toStructured, type EventEnvelope } from '@ratchet/contracts';
import { conversationEnded, feedbackGiven, handoffRequested, interactionCompleted } from '@ratchet/domain';
import type { SeededRandom } from '@ratchet/testing';
import type { IHeaders } from 'kafkajs';
import { MODEL } from '../doors-stack.js';
import { garbage, hostileJson, hostileText, nested, spoilt, spoiltBytes } from './hostile-values.js';
import { otlpJson, otlpProtobuf, type OtlpSpan } from './otlp-bytes.js';

export interface HttpInput {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** How many events, spans or requests it stands for. */
  readonly counts: number;
}

export interface KafkaInput {
  readonly key: Buffer | string | null;
  readonly value: Buffer | null;
  readonly headers: IHeaders;
}

const CONVERSATIONS = 500;
const NESTED_LEVELS = 20_000;
const LARGE_CHARS = 300_000;
const BATCH_MAX = 20;

/** Everything that is made of one seed, in the order in which it is asked for. */
export class HostileInputs {
  private made = 0;

  constructor(
    private readonly random: SeededRandom,
    private readonly nowMs: number,
  ) {}

  events(): HttpInput {
    const { random } = this;
    const choice = random.next();
    const type = random.pick(['application/cloudevents+json', 'application/cloudevents-batch+json', 'application/json', 'application/json; charset=utf-8', 'text/plain', 'application/xml']);
    if (choice < 0.05) return this.http('/v1/events', random.next() < 0.5 ? garbage(random) : Buffer.from(nested(NESTED_LEVELS)), type);
    if (choice < 0.3) return this.http('/v1/events', this.json(this.structured()), type);
    const batch = Array.from({ length: random.between(0, BATCH_MAX) }, () => (random.next() < 0.05 ? hostileJson(random) : this.structured()));
    return this.http('/v1/events', this.json(batch), type, Math.max(1, batch.length));
  }

  feedbackOrHandoff(): HttpInput {
    const { random } = this;
    const path = random.pick(['/v1/feedback', '/v1/handoff']);
    const body = path === '/v1/feedback' ? { conversationId: this.conversation(), name: random.pick(['thumbs', 'rating', 'correction', 'comment']), value: random.pick([true, -1, 5, 'up']), comment: hostileText(random) } : { conversationId: this.conversation(), channel: 'phone' };
    return this.http(path, random.next() < 0.05 ? garbage(random) : this.json(spoilt(random, body)), 'application/json');
  }

  chat(): HttpInput {
    const { random } = this;
    const messages = [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: random.next() < 0.5 ? 'Where is my lamp?' : hostileText(random) }];
    const body = { model: MODEL, messages, stream: random.next() < 0.3, temperature: 0.5, user: 'u1' };
    return this.http('/v1/chat/completions', random.next() < 0.05 ? garbage(random) : this.json(spoilt(random, body)), 'application/json');
  }

  otlp(): HttpInput {
    const { random } = this;
    const isJson = random.next() < 0.5;
    const spans = this.spans();
    const body = this.otlpBody(isJson, spans);
    const zipped = random.next() < 0.2;
    const sent = zipped ? spoiltBytes(random, gzipSync(body)) : body;
    const type = random.next() < 0.03 ? 'application/grpc' : isJson ? 'application/json' : 'application/x-protobuf';
    return { ...this.http('/v1/traces', sent, type, spans.length), headers: { 'content-type': type, ...(zipped && { 'content-encoding': 'gzip' }) } };
  }

  /** A record of the collector's topic. */
  otlpRecord(): KafkaInput {
    const { random } = this;
    const choice = random.next();
    const value = choice < 0.05 ? null : choice < 0.15 ? garbage(random) : this.otlpBody(random.next() < 0.5, this.spans());
    return { key: random.pick([null, 'trace', Buffer.alloc(16, 7)]), value, headers: {} };
  }

  /** A record of the interactions' topic. */
  record(): KafkaInput {
    const { random } = this;
    const event = this.event();
    const { key, headers } = encodeEvent(event);
    const choice = random.next();
    const value = choice < 0.03 ? null : choice < 0.1 ? garbage(random) : choice < 0.12 ? Buffer.from(nested(NESTED_LEVELS)) : this.json(random.next() < 0.2 ? this.structured() : spoilt(random, event.data));
    const spoiltHeaders = Object.fromEntries(Object.entries(headers).flatMap(([name, text]): [string, Buffer | string][] => {
      const fate = random.next();
      return fate < 0.04 ? [] : [[name, fate < 0.06 ? garbage(random) : fate < 0.1 ? hostileText(random) : text]];
    }));
    return { key: random.next() < 0.9 ? key : random.pick([null, '', garbage(random)]), value, headers: random.next() < 0.1 ? {} : spoiltHeaders };
  }

  private http(path: string, body: Buffer, type: string, counts = 1): HttpInput {
    return { path, body, headers: { 'content-type': type }, counts };
  }

  /** As bytes, now and then spoilt below JSON. */
  private json(value: unknown): Buffer {
    const bytes = Buffer.from(JSON.stringify(value) ?? '');
    return this.random.next() < 0.03 ? spoiltBytes(this.random, bytes) : bytes;
  }

  private conversation(): string {
    return `hostile-${this.random.between(1, CONVERSATIONS)}`;
  }

  private structured(): unknown {
    const { random } = this;
    const whole = toStructured(this.event());
    return random.next() < 0.3 ? whole : spoilt(random, random.next() < 0.05 ? { ...whole, [hostileText(random)]: hostileText(random) } : whole);
  }

  private event(): EventEnvelope {
    const { random } = this;
    const now = new Date(this.nowMs).toISOString();
    const conversationId = this.conversation();
    this.made += 1;
    const id = `hostile-${this.made}`;
    const of = (type: string, data: object): EventEnvelope => ({ id, source: '/hostile', type, time: now, data });
    const choice = random.next();
    if (choice < 0.6) return of(interactionCompleted.type, this.interaction(id, conversationId, now));
    if (choice < 0.8) {
      return of(feedbackGiven.type, { feedbackId: id, conversationId, name: random.pick(['thumbs', 'correction', 'odd']), value: random.pick([true, 0, 'up']), correction: hostileText(random), source: { type: 'user' }, givenAt: now });
    }
    return choice < 0.9 ? of(handoffRequested.type, { conversationId, requestedAt: now }) : of(conversationEnded.type, { conversationId, endedAt: now, taskCompleted: random.next() < 0.5 });
  }

  private interaction(interactionId: string, conversationId: string, now: string): object {
    const { random } = this;
    const isLarge = random.next() < 0.002;
    return {
      interactionId, conversationId, workload: 'default', model: random.pick(['hostile', MODEL]), version: 'v1',
      input: [{ role: 'user', content: random.next() < 0.3 ? hostileText(random) : 'No, that is wrong. Where is my lamp?' }],
      output: random.next() < 0.1 ? null : { content: random.next() < 0.3 ? hostileText(random) : 'I do not know.' },
      startedAt: now, latencyMs: random.between(0, 10_000), usage: { inputTokens: 3, outputTokens: 4 },
      attributes: { channel: 'web', ...(isLarge && { large: 'x'.repeat(LARGE_CHARS), larger: '\u0001'.repeat(LARGE_CHARS / 3) }) },
    };
  }

  private spans(): OtlpSpan[] {
    const { random } = this;
    return Array.from({ length: random.between(1, 4) }, () => {
      this.made += 1;
      const message = (role: string, content: string): string => JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);
      const attributes = {
        'gen_ai.operation.name': random.pick(['chat', 'chat', 'embeddings', hostileText(random)]), 'gen_ai.request.model': random.pick([MODEL, hostileText(random)]), 'gen_ai.conversation.id': this.conversation(),
        'gen_ai.input.messages': random.next() < 0.8 ? message('user', hostileText(random)) : random.pick([nested(NESTED_LEVELS), hostileText(random)]),
        'gen_ai.output.messages': random.next() < 0.8 ? message('assistant', 'I do not know.') : (JSON.stringify(hostileJson(random)) ?? ''),
      };
      return { traceId: this.made.toString(16).padStart(32, 'a'), spanId: this.made.toString(16).padStart(16, 'b'), startMs: this.nowMs, attributes };
    });
  }

  private otlpBody(isJson: boolean, spans: readonly OtlpSpan[]): Buffer {
    const { random } = this;
    if (random.next() < 0.05) return garbage(random);
    return isJson ? this.json(spoilt(random, otlpJson(spans))) : spoiltBytes(random, otlpProtobuf(spans));
  }
}
