// Goal: the state is a pure function of the log, so that a process may die anywhere. Method: random logs from a seed; for every offset, the
// position is committed there as the processor would, another task restores itself from it in silence, and the rest must come out alike.
import { describe, expect, it } from '@jest/globals';
import { decodePosition, encodePosition } from '@ratchet/kafka';
import type { ConsumedRecord, ProducedRecord } from '@ratchet/kafka';
import { signalsConfigSchema } from '@ratchet/signals';
import type { SignalsConfig, SignalsConfigInput } from '@ratchet/signals';
import { seededRandom } from '@ratchet/testing';
import type { SeededRandom } from '@ratchet/testing';
import { ConversationTask } from './conversation-task.js';

const TOPIC = 'ratchet.interactions.v1';
const PARTITION = 3;
const START_MS = Date.parse('2026-03-02T09:00:00Z');
const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;

/** How a log is made; every part is off where it is absent. */
interface LogShape {
  readonly records: number;
  readonly conversations: number;
  /** Longest time between two records' appends. */
  readonly gapMsMax: number;
  /** Share of records whose producer's clock is ahead, by up to a day. */
  readonly fromTheFuture?: number;
  /** Share of records that were kept for hours before they were sent. */
  readonly hoursLate?: number;
  /** Share of places where the partition was quiet, and the clock was put into the log. */
  readonly quiet?: number;
  /** Every record comes again, behind itself or up to a few places later. */
  readonly twice?: boolean;
  readonly broken?: number;
  readonly ends?: number;
}

const QUESTIONS = ['How do I return a lamp?', 'how can I return the damaged lamp', 'No, that is wrong. I want to return a lamp', 'Where is my parcel?', 'let me talk to a human', 'thanks, that works'] as const;

const eventOf = (random: SeededRandom, shape: LogShape, place: number, time: string): { type: string; data: object } => {
  const conversationId = `c${random.between(1, shape.conversations)}`;
  const kind = random.next();
  const interactionId = `${conversationId}-${random.between(1, 6)}`;
  if (kind < (shape.ends ?? 0)) return { type: 'ratchet.conversation.ended', data: { conversationId, endedAt: time } };
  if (kind > 0.9) return { type: 'ratchet.feedback.given', data: { feedbackId: `f${place}`, conversationId, ...(random.next() < 0.7 && { interactionId }), name: 'thumbs', value: random.next() < 0.5, source: { type: 'user' }, givenAt: time } };
  if (kind > 0.87) return { type: 'ratchet.handoff.requested', data: { conversationId, requestedAt: time } };
  return {
    type: 'ratchet.interaction.completed',
    data: {
      interactionId: `${conversationId}-${place}`, conversationId, model: 'm', workload: random.pick(['a', 'b']), version: random.pick(['v1', 'v2']), input: [{ role: 'user', content: random.pick(QUESTIONS) }],
      output: random.next() < 0.1 ? null : { content: random.pick(['Yes.', 'Your parcel is on its way.', 'Send the lamp back.']) }, startedAt: time, latencyMs: random.between(1, 900),
      usage: { inputTokens: random.between(1, 9) }, ...(random.next() < 0.1 && { assignment: { rolloutId: 'r', stage: 1, arm: 'candidate', version: 'v2', overridden: random.next() < 0.3 } }),
    },
  };
};

type Draft = Omit<ConsumedRecord, 'offset' | 'timestampMs'> & { readonly appendedMs: number };

const draftOf = ({ id, type, data, time, appendedMs }: { id: string; type: string; data: object | string; time: string; appendedMs: number }): Draft => ({
  topic: TOPIC, partition: PARTITION, key: Buffer.from('k'), value: Buffer.from(typeof data === 'string' ? data : JSON.stringify(data)),
  headers: { ce_specversion: '1.0', ce_id: id, ce_source: '/test', ce_type: type, ce_time: time }, appendedMs,
});

const timeOf = (random: SeededRandom, { fromTheFuture = 0, hoursLate = 0 }: LogShape, appendedMs: number): number => {
  if (random.next() < fromTheFuture) return appendedMs + random.between(1, 24 * HOUR_MS);
  if (random.next() < hoursLate) return appendedMs - random.between(HOUR_MS, 5 * HOUR_MS);
  return appendedMs - random.between(0, SECOND_MS);
};

/** Offsets have gaps where a log of transactions has its markers. */
const logOf = (seed: number, shape: LogShape): ConsumedRecord[] => {
  const random = seededRandom(seed);
  const drafts: { at: number; draft: Draft }[] = [];
  let appendedMs = START_MS;
  for (let place = 0; place < shape.records; place += 1) {
    appendedMs += random.between(0, shape.gapMsMax);
    if (random.next() < (shape.quiet ?? 0)) {
      appendedMs += random.between(SECOND_MS, 90 * SECOND_MS);
      const time = new Date(appendedMs).toISOString();
      drafts.push({ at: place, draft: draftOf({ id: `clock${place}`, type: 'ratchet.clock.advanced', data: { advancedTo: time }, time, appendedMs }) });
    }
    const time = new Date(timeOf(random, shape, appendedMs)).toISOString();
    const { type, data } = eventOf(random, shape, place, time);
    const draft = draftOf({ id: `e${place}`, type, data: random.next() < (shape.broken ?? 0) ? '{"half":' : data, time, appendedMs });
    drafts.push({ at: place, draft });
    if (shape.twice) drafts.push({ at: place + random.between(0, 4), draft });
  }
  let offset = 0n;
  let lastMs = 0;
  return drafts
    .sort((a, b) => a.at - b.at)
    .map(({ draft: { appendedMs: at, ...record } }) => {
      offset += BigInt(random.between(1, 2));
      lastMs = Math.max(lastMs, at);
      return { ...record, offset, timestampMs: lastMs };
    });
};

const taskOf = (detection: SignalsConfig, position: bigint, metadata?: string): ConversationTask =>
  new ConversationTask({ partition: PARTITION, partitions: 6, detection, position, resume: decodePosition(metadata) });

interface Pass {
  /** What each record put out, and the position's metadata before it, as it would be committed. */
  readonly outputs: readonly (readonly ProducedRecord[])[];
  readonly metadata: readonly string[];
  readonly vitals: readonly (readonly ProducedRecord[])[];
}

const onePass = (log: readonly ConsumedRecord[], detection: SignalsConfig): Pass => {
  const task = taskOf(detection, 0n);
  const pass = { outputs: [] as (readonly ProducedRecord[])[], metadata: [] as string[], vitals: [] as (readonly ProducedRecord[])[] };
  for (const record of log) {
    pass.metadata.push(encodePosition(task.resumePoint(record.offset)));
    pass.outputs.push(task.process(record));
    pass.vitals.push(task.endBatch({ first: record.offset, last: record.offset }));
  }
  return pass;
};

/** What a task that takes over at the record's place puts out for the rest, record by record. */
const restoredAt = (place: number, log: readonly ConsumedRecord[], { pass, detection }: { pass: Pass; detection: SignalsConfig }): Pick<Pass, 'outputs' | 'vitals'> => {
  const position = log[place]?.offset ?? 0n;
  const metadata = pass.metadata[place] ?? '';
  const replayFrom = decodePosition(metadata)?.replayFrom ?? position;
  const task = taskOf(detection, position, metadata);
  for (const record of log.slice(0, place)) if (record.offset >= replayFrom) task.process(record);
  task.endReplay();
  const outputs: (readonly ProducedRecord[])[] = [];
  const vitals: (readonly ProducedRecord[])[] = [];
  for (const record of log.slice(place)) {
    outputs.push(task.process(record));
    vitals.push(task.endBatch({ first: record.offset, last: record.offset }));
  }
  return { outputs, vitals };
};

/** Undefined, or the first place from which the rest came out otherwise, and where it parted. */
const firstDifference = (seed: number, shape: LogShape, config: SignalsConfigInput): string | undefined => {
  const detection = signalsConfigSchema.parse(config);
  const log = logOf(seed, shape);
  const pass = onePass(log, detection);
  const wanted = log.map((_record, later) => JSON.stringify([pass.outputs[later], pass.vitals[later]]));
  for (let place = 1; place < log.length; place += 1) {
    const restored = restoredAt(place, log, { pass, detection });
    for (let later = place; later < log.length; later += 1) {
      const got = JSON.stringify([restored.outputs[later - place], restored.vitals[later - place]]);
      if (got !== wanted[later]) return `seed ${seed}: restored at place ${place} (${pass.metadata[place]}), the record at place ${later} (${log[later]?.headers?.['ce_type']}) gave\n${got}\nin place of\n${wanted[later]}`;
    }
  }
  return undefined;
};

const config: SignalsConfigInput = { idleEndMs: 60_000, workloads: { b: { idleEndMs: 20_000 } }, quickAbandonmentMs: 5_000, quickFollowUpMs: 3_000 };
const plain: LogShape = { records: 60, conversations: 8, gapMsMax: 8_000, ends: 0.12 };
const seeds = [1, 2];

describe('replay from every offset', () => {
  it.each([
    ['a plain log', plain, config],
    ['events dated in the future', { ...plain, fromTheFuture: 0.15 }, config],
    ['quiet partitions with records of the clock', { ...plain, quiet: 0.2 }, config],
    ['a duplicate of every record', { ...plain, records: 40, twice: true }, config],
    ['broken records', { ...plain, broken: 0.1 }, config],
    ['spools that were kept for hours', { ...plain, hoursLate: 0.15 }, config],
    ['everything at once', { ...plain, conversations: 12, fromTheFuture: 0.05, hoursLate: 0.1, quiet: 0.1, broken: 0.05 }, { ...config, maxConversationMs: 90_000, maxOpenConversations: 6 }],
    ['conversations that go on for longer than they may', { ...plain, ends: 0.02 }, { ...config, maxConversationMs: 70_000 }],
    ['conversations that hold a replay back for longer than they may', { ...plain, ends: 0.02 }, { ...config, maxReplayRecords: 12 }],
    ['more open conversations than there is room for', { ...plain, conversations: 14, ends: 0.02 }, { ...config, maxOpenConversations: 4 }],
  ] as const)('gives what one pass gives: %s', (_name, shape, settings) => {
    expect(seeds.map((seed) => firstDifference(seed, shape, settings)).filter((difference) => difference !== undefined)).toEqual([]);
  });
});

describe('one pass', () => {
  it('counts a record that comes twice within its conversation once', () => {
    const detection = signalsConfigSchema.parse({ idleEndMs: 10 * HOUR_MS, maxConversationMs: 100 * HOUR_MS });
    const requestsIn = (log: readonly ConsumedRecord[]): number =>
      onePass(log, detection).vitals.flat().reduce((sum, { value }) => sum + (JSON.parse(String(value)) as { requests: number; overridden: number }).requests, 0);
    const shape = { ...plain, ends: 0 };
    for (const seed of seeds) {
      const once = logOf(seed, { ...shape, twice: false });
      const twice = once.flatMap((record, i) => [{ ...record, offset: BigInt(2 * i) }, { ...record, offset: BigInt(2 * i + 1) }]);
      expect(requestsIn(twice)).toBe(requestsIn(once));
    }
  });

  it('keeps stream time within a minute of the log, whatever producers claim', () => {
    const detection = signalsConfigSchema.parse(config);
    for (const seed of seeds) {
      const log = logOf(seed, { ...plain, fromTheFuture: 0.3 });
      const task = taskOf(detection, 0n);
      for (const record of log) {
        const out = task.process(record);
        for (const { headers } of out) expect(Date.parse(String(headers['ce_time']))).toBeLessThanOrEqual(record.timestampMs + 60_000);
      }
    }
  });
});
