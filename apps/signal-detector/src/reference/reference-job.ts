import { similarityPermille, trigramBits } from './trigram-bits.js';
import type { TrigramBits } from './trigram-bits.js';

const IDLE_MS = 300_000;
const REPEATED_PERMILLE = 500;
const HURRIED_MS = 10_000;
const TYPES = new Set(['ratchet.interaction.completed', 'ratchet.conversation.ended', 'ratchet.feedback.given', 'ratchet.handoff.requested', 'ratchet.clock.advanced']);

export type ReferenceRule = 'repeated' | 'hurried' | 'failed';

/** What the job puts out for an interaction that breaks a rule; its fields are in the order of the output's JSON. */
export interface ReferenceFinding {
  readonly interactionId: string;
  readonly conversationId: string;
  readonly rules: readonly ReferenceRule[];
  readonly similarity: number | null;
  readonly pauseMs: number | null;
  readonly streamTimeMs: number;
}

export interface ReferenceInput {
  readonly type: string;
  /** Milliseconds; NaN where the record's time cannot be read. */
  readonly timeMs: number;
  /** The parsed value. */
  readonly data: unknown;
  readonly offset: bigint;
}

interface Session {
  readonly lastMs: number;
  readonly answeredMs: number;
  readonly bits: TrigramBits;
  /** The record that made this state, and stream time before it: a replay starts there. */
  readonly offset: bigint;
  readonly streamTimeBeforeMs: number;
}

interface Asked {
  readonly interactionId: string;
  readonly conversationId: string;
  readonly query: string;
  readonly requestedMs: number;
  readonly answeredMs: number;
  readonly failed: boolean;
}

/** The job of `bench/reference-job.md`, which alone says what is right: it is fixed, so that stream processors can be compared by it. */
export class ReferenceJob {
  /** In the order of their last records, which is that of `lastMs`: stream time never goes back. */
  private readonly sessions = new Map<string, Session>();

  /** `streamTimeMs` is the stream time before the first record that the job is given. */
  constructor(private streamTimeMs = 0) {}

  get openSessions(): number {
    return this.sessions.size;
  }

  apply({ type, timeMs, data, offset }: ReferenceInput): ReferenceFinding | undefined {
    if (!TYPES.has(type) || Number.isNaN(timeMs) || !isObject(data)) return undefined;
    const asked = type === 'ratchet.interaction.completed' ? askedIn(data) : undefined;
    const endedId = type === 'ratchet.conversation.ended' ? data['conversationId'] : undefined;
    if (type === 'ratchet.interaction.completed' && !asked) return undefined;
    if (type === 'ratchet.conversation.ended' && typeof endedId !== 'string') return undefined;
    const streamTimeBeforeMs = this.streamTimeMs;
    this.advanceTo(timeMs);
    if (typeof endedId === 'string') this.sessions.delete(endedId);
    return asked && this.interaction(asked, { offset, streamTimeBeforeMs });
  }

  /** Where the oldest live session was last spoken in: a job that reads again from there has the same sessions. */
  resumePoint(): { readonly offset: bigint | undefined; readonly streamTimeMs: number } {
    const [oldest] = this.sessions.values();
    return { offset: oldest?.offset, streamTimeMs: oldest?.streamTimeBeforeMs ?? this.streamTimeMs };
  }

  private advanceTo(timeMs: number): void {
    if (timeMs > this.streamTimeMs) this.streamTimeMs = timeMs;
    for (const [id, { lastMs }] of this.sessions) {
      if (this.streamTimeMs - lastMs <= IDLE_MS) break;
      this.sessions.delete(id);
    }
  }

  private interaction(asked: Asked, place: { offset: bigint; streamTimeBeforeMs: number }): ReferenceFinding | undefined {
    const { interactionId, conversationId, requestedMs, answeredMs } = asked;
    const { streamTimeMs } = this;
    const previous = this.sessions.get(conversationId);
    const bits = trigramBits(asked.query);
    // Deleted first, so that it moves to the end of the order.
    this.sessions.delete(conversationId);
    this.sessions.set(conversationId, { lastMs: streamTimeMs, answeredMs, bits, ...place });
    const similarity = previous ? similarityPermille(previous.bits, bits) : null;
    const pauseMs = previous ? requestedMs - previous.answeredMs : null;
    const rules: ReferenceRule[] = [];
    if (similarity !== null && similarity >= REPEATED_PERMILLE) rules.push('repeated');
    if (pauseMs !== null && pauseMs < HURRIED_MS) rules.push('hurried');
    if (asked.failed) rules.push('failed');
    return rules.length > 0 ? { interactionId, conversationId, rules, similarity, pauseMs, streamTimeMs } : undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Undefined where a field is missing or of another type. */
const askedIn = ({ interactionId, conversationId, input, output, error, startedAt, latencyMs }: Fields): Asked | undefined => {
  if (typeof interactionId !== 'string' || typeof conversationId !== 'string' || typeof startedAt !== 'string' || typeof latencyMs !== 'number') return undefined;
  const query = queryIn(input);
  const requestedMs = Date.parse(startedAt);
  if (query === undefined || Number.isNaN(requestedMs)) return undefined;
  const failed = (error !== undefined && error !== null) || output === undefined || output === null;
  return { interactionId, conversationId, query, requestedMs, answeredMs: requestedMs + Math.floor(latencyMs), failed };
};

const queryIn = (input: unknown): string | undefined => {
  if (!Array.isArray(input)) return undefined;
  let query = '';
  for (const message of input as unknown[]) {
    if (!isObject(message)) return undefined;
    const { role, content } = message;
    if (typeof role !== 'string' || typeof content !== 'string') return undefined;
    if (role === 'user') query = content;
  }
  return query;
};
