import { describe, expect, it } from '@jest/globals';
import type { ConsumedRecord, ProducedRecord } from '@ratchet/kafka';
import { profileOf } from './profile.js';
import { REFERENCE_TOPIC, ReferenceTask } from './reference-task.js';

const START_MS = Date.parse('2026-01-01T00:00:00Z');
const iso = (seconds: number): string => new Date(START_MS + seconds * 1_000).toISOString();

interface Place {
  readonly seconds: number;
  readonly appendedSeconds?: number;
}

let nextOffset = 0;
const record = (type: string, data: unknown, { seconds, appendedSeconds = seconds }: Place): ConsumedRecord => ({
  topic: 'ratchet.interactions.v1', partition: 0, offset: BigInt((nextOffset += 1)), timestampMs: START_MS + appendedSeconds * 1_000, key: null,
  value: Buffer.from(typeof data === 'string' ? data : JSON.stringify(data)), headers: { ce_type: Buffer.from(type), ce_time: Buffer.from(iso(seconds)) },
});
const ask = (conversationId: string, query: string, place: Place, more: object = {}): ConsumedRecord =>
  record('ratchet.interaction.completed', { interactionId: `i${nextOffset + 1}`, conversationId, input: [{ role: 'user', content: query }], output: { content: 'x' }, startedAt: iso(place.seconds - 1), latencyMs: 1_000, ...more }, place);
const clock = (seconds: number): ConsumedRecord => record('ratchet.clock.advanced', { advancedTo: iso(seconds) }, { seconds });

const newTask = (): ReferenceTask => new ReferenceTask({ resume: undefined });
const valueOf = (outputs: readonly ProducedRecord[]): unknown => outputs.map(({ value }) => JSON.parse(String(value)) as unknown)[0];

describe('ReferenceTask', () => {
  it('says which rules an interaction breaks, with the numbers, in the fixed form', () => {
    const task = newTask();
    expect(task.process(ask('c', 'How do I return a lamp?', { seconds: 0 }))).toEqual([]);
    const again = ask('c', 'how do i return a lamp', { seconds: 5 }, { interactionId: 'again', output: null });
    expect(task.process(again)).toEqual([
      { topic: REFERENCE_TOPIC, key: 'c', value: `{"interactionId":"again","conversationId":"c","rules":["repeated","hurried","failed"],"similarity":1000,"pauseMs":4000,"streamTimeMs":${START_MS + 5_000}}`, headers: {} },
    ]);
  });

  it.each([
    ['an error', { error: { type: 'timeout', message: '' } }],
    ['no output', { output: undefined }],
  ])('takes %s for a failure, without a session before it', (_case, more) => {
    expect(valueOf(newTask().process(ask('c', 'hello', { seconds: 0 }, more)))).toMatchObject({ rules: ['failed'], similarity: null, pauseMs: null });
  });

  it('hurried is a pause below ten seconds after the answer', () => {
    for (const [pauseSeconds, rules] of [[9.999, ['hurried']], [10, undefined]] as const) {
      const task = newTask();
      task.process(ask('c', 'first words', { seconds: 0 }));
      expect(valueOf(task.process(ask('c', 'quite another thing', { seconds: pauseSeconds + 1 })))).toEqual(rules && expect.objectContaining({ rules, pauseMs: 9_999 }));
    }
  });

  it.each([
    ['300 s later', clock(300), { rules: ['repeated'] }],
    ['more than 300 s later', clock(300.001), undefined],
    ['after its end', record('ratchet.conversation.ended', { conversationId: 'c' }, { seconds: 20 }), undefined],
  ])('knows the session of a conversation, or not: %s', (_case, between, expected) => {
    const task = newTask();
    task.process(ask('c', 'where is my parcel', { seconds: 0 }));
    task.process(between);
    expect(valueOf(task.process(ask('c', 'where is my parcel', { seconds: 60 })))).toEqual(expected && expect.objectContaining(expected));
  });

  it('forgets sessions as stream time goes by', () => {
    const task = newTask();
    for (let i = 0; i < 50; i += 1) task.process(ask(`c${i}`, 'hello', { seconds: i }));
    expect(task.openConversations).toBe(50);
    task.process(clock(325));
    expect(task.openConversations).toBe(25);
  });

  it('does not let an event from the future drag its time along', () => {
    const task = newTask();
    task.process(record('ratchet.feedback.given', {}, { seconds: 86_400, appendedSeconds: 0 }));
    expect(task.resumePoint(9n).streamTimeMs).toBe(START_MS + 60_000);
  });

  it.each([
    ['no JSON', record('ratchet.interaction.completed', '{"half":', { seconds: 900 })],
    ['no object', record('ratchet.feedback.given', '[]', { seconds: 900 })],
    ['an unknown type', record('ratchet.thing', {}, { seconds: 900 })],
    ['no latency', ask('c', 'hello', { seconds: 900 }, { latencyMs: undefined })],
    ['a message without content', ask('c', 'hello', { seconds: 900 }, { input: [{ role: 'user' }] })],
    ['an unreadable start', ask('c', 'hello', { seconds: 900 }, { startedAt: 'soon' })],
    ['an end of nothing', record('ratchet.conversation.ended', {}, { seconds: 900 })],
    ['no time', { ...clock(900), headers: { ce_type: 'ratchet.clock.advanced' } }],
  ])('passes over a record with %s, its time included', (_case, bad) => {
    const task = newTask();
    task.process(ask('c', 'where is my parcel', { seconds: 0 }));
    expect(task.process(bad)).toEqual([]);
    expect(valueOf(task.process(ask('c', 'where is my parcel', { seconds: 60 })))).toMatchObject({ rules: ['repeated'] });
  });

  it('goes on as if it had never stopped when another task restores its state, wherever it is cut', () => {
    let seed = 5;
    const next = (below: number): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0, (seed >>> 8) % below);
    const texts = ['where is my parcel', 'where is the parcel', 'how do I pay', 'thanks'];
    nextOffset = 0;
    let seconds = 0;
    const log = Array.from({ length: 400 }, () => {
      seconds += next(30);
      const place = { seconds: next(30) === 0 ? seconds - 700 : seconds, appendedSeconds: seconds };
      const id = `c${next(12)}`;
      return next(12) === 0 ? record('ratchet.conversation.ended', { conversationId: id }, place) : ask(id, texts[next(texts.length)] ?? '', place);
    });
    const whole = newTask();
    const outputs = log.map((one) => whole.process(one));
    expect(outputs.flat().length).toBeGreaterThan(50);
    for (const cut of [1, 57, 200, 333, 399]) {
      const first = newTask();
      for (const one of log.slice(0, cut)) first.process(one);
      const resume = first.resumePoint(log[cut]?.offset ?? 0n);
      const second = new ReferenceTask({ resume });
      for (const one of log.slice(0, cut)) if (one.offset >= resume.replayFrom) second.process(one);
      expect(second.openConversations).toBe(first.openConversations);
      expect(log.slice(cut).map((one) => second.process(one))).toEqual(outputs.slice(cut));
    }
  });
});

describe('profileOf', () => {
  it('gives each profile a group of its own, the detectors by default', () => {
    expect(profileOf([]).groupId).toBe('signal-detector');
    expect(profileOf(['--profile', 'reference']).groupId).toBe('signal-detector-reference');
  });

  it.each([['other'], ['toString'], ['']])('refuses the profile %j', (name) => {
    expect(() => profileOf(['--profile', name])).toThrow(/choose one of full, reference/);
  });
});
