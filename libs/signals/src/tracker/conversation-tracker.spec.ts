import { describe, expect, test } from '@jest/globals';
import { interactionFailed, signalDetected, vitalsCounted } from '@ratchet/domain';
import { namesOf, Scenario, START_MS } from '../spec-support/scenario.js';
import { ConversationTracker } from './conversation-tracker.js';
import type { TrackedRecord } from './tracked-record.js';

const RANGE = { partition: 3, fromOffset: 0n, toOffset: 99n };
const NO = 'No, that is not what I asked';

const failures = (scenario: Scenario): string[] => scenario.emissions.flatMap((emission) => (emission.type === 'ratchet.interaction.failed' ? [emission.data.interactionId] : []));

describe('when things are final', () => {
  test('requests are counted on arrival, the outcome when the user has spoken again', () => {
    const scenario = new Scenario();
    scenario.ask('where is my parcel', 'In the box.', { usage: { inputTokens: 10, outputTokens: 5 }, costUsd: 0.02 });
    expect(scenario.tracker.drainVitals(RANGE)).toMatchObject([{ requests: 1, outcomes: 0, failures: 0, inputTokens: 10, outputTokens: 5, latencyMs: { count: 1, sum: 1_000 } }]);
    scenario.ask(NO, 'On its way.', { seconds: 40 });
    expect(scenario.tracker.drainVitals(RANGE)).toMatchObject([{ requests: 1, outcomes: 1, failures: 1, failuresBySignal: { correction: 1 }, units: { count: 0 } }]);
    expect(failures(scenario)).toEqual(['i1']);
  });

  test('an interaction fails once only, however much evidence follows', () => {
    const scenario = new Scenario();
    scenario.ask('where is my parcel', 'In the box.');
    scenario.ask(NO, 'On its way.', { seconds: 40 });
    scenario.feedback({ name: 'thumbs', value: false, interactionId: 'i1' }, 50);
    scenario.end(60, { taskCompleted: true });
    expect(failures(scenario)).toEqual(['i1']);
  });

  test('feedback for a closed interaction makes a late signal and changes no count', () => {
    const scenario = new Scenario();
    scenario.ask('where is my parcel', 'In the box.');
    scenario.ask('can I change my invoice address', 'Yes, under Account.', { seconds: 40 });
    scenario.tracker.drainVitals(RANGE);
    const emitted = scenario.feedback({ name: 'thumbs', value: false, interactionId: 'i1' }, 50);
    expect(emitted).toMatchObject([{ type: 'ratchet.signal.detected', data: { name: 'thumbs_down', late: true, interactionId: 'i1', model: 'assistant' } }]);
    expect(scenario.tracker.drainVitals(RANGE)).toEqual([]);
  });

  test('feedback waits for its interaction', () => {
    const scenario = new Scenario();
    expect(scenario.feedback({ name: 'thumbs', value: false, interactionId: 'i1' }, 0)).toEqual([]);
    scenario.ask('where is my parcel', 'In the box.');
    scenario.end(60);
    expect(namesOf(scenario.first())).toContain('thumbs_down');
    expect(failures(scenario)).toEqual(['i1']);
  });

  test('feedback whose interaction never comes goes out as late at the end, to be joined by its id', () => {
    const scenario = new Scenario();
    scenario.feedback({ name: 'thumbs', value: false, interactionId: 'long-ago' }, 0);
    expect(scenario.clock(299)).toEqual([]);
    expect(scenario.clock(301)).toMatchObject([{ data: { interactionId: 'long-ago', late: true, model: 'unknown' } }]);
  });

  test('a handoff to a person is a failure of the last reply', () => {
    const scenario = new Scenario();
    scenario.ask('where is my parcel', 'In the box.');
    scenario.handoff(20);
    scenario.end(60);
    expect(scenario.first()).toMatchObject({ failed: true, signals: [{ name: 'escalation', strength: 1 }] });
  });

  test('the same interaction sent twice is counted once', () => {
    const scenario = new Scenario();
    scenario.ask('where is my parcel', 'In the box.', { interactionId: 'same' });
    scenario.ask('where is my parcel', 'In the box.', { interactionId: 'same' });
    expect(scenario.tracker.drainVitals(RANGE)).toMatchObject([{ requests: 1 }]);
    expect(scenario.assessments).toEqual([]);
  });

  test('a step of an agent is no new message of the user', () => {
    const scenario = new Scenario();
    scenario.ask('where is my parcel', 'Let me look.');
    scenario.ask('', 'It comes on Friday.', { seconds: 2, input: [{ role: 'user', content: 'where is my parcel' }, { role: 'tool', content: '{}' }] });
    expect(scenario.assessments).toEqual([]);
    scenario.end(60, { taskCompleted: true });
    expect(scenario.assessments.map(namesOf)).toEqual([[], ['task_completed']]);
  });
});

describe('signals that are not sent', () => {
  test('count with their interaction, but are no events of their own', () => {
    const ask = (scenario: Scenario): Scenario => {
      scenario.ask('where is my parcel', 'In the box.');
      scenario.ask('can I change my invoice address', 'Yes.', { seconds: 60 });
      return scenario;
    };
    const [asSet, all] = [ask(new Scenario()), ask(new Scenario({ config: { unsentSignals: [] } }))];
    const sent = ({ emissions }: Scenario): unknown[] => emissions.filter(({ type }) => type === 'ratchet.signal.detected').map(({ data }) => ('name' in data ? data.name : undefined));
    expect([sent(asSet), sent(all)]).toEqual([[], ['moved_on']]);
    expect(namesOf(asSet.first())).toEqual(['moved_on']);
    expect(asSet.first().estimate.probability).toBe(all.first().estimate.probability);
  });
});

describe('settling', () => {
  test('a conversation without events settles when stream time passes its idle time, not before', () => {
    const scenario = new Scenario();
    scenario.ask('where is my parcel', 'In the box.');
    scenario.clock(301);
    expect(scenario.tracker.openConversations).toBe(1);
    scenario.clock(301.001);
    expect(scenario.tracker.openConversations).toBe(0);
    expect(scenario.assessments).toHaveLength(1);
  });

  test('the idle time is the workload’s own', () => {
    const scenario = new Scenario({ config: { workloads: { support: { idleEndMs: 10_000 } } } });
    scenario.ask('where is my parcel', 'In the box.');
    scenario.clock(12);
    expect(scenario.tracker.openConversations).toBe(0);
  });

  test('activity puts the end off, but no further than the greatest age', () => {
    const scenario = new Scenario({ config: { maxConversationMs: 600_000 } });
    for (const seconds of [0, 200, 400, 599]) scenario.ask(`question number ${seconds}`, 'Yes.', { seconds });
    expect(scenario.assessments).toHaveLength(3);
    scenario.clock(602);
    expect(scenario.tracker.openConversations).toBe(0);
    expect(scenario.assessments).toHaveLength(4);
  });

  test('where there is no room, the conversation that has been open longest is settled first', () => {
    const scenario = new Scenario({ config: { maxOpenConversations: 2 } });
    for (const [i, conversationId] of ['a', 'b', 'c'].entries()) scenario.ask('where is my parcel', 'In the box.', { seconds: i, conversationId });
    expect(scenario.tracker.openConversations).toBe(2);
    expect(scenario.first().conversationId).toBe('a');
    expect(scenario.tracker.oldestOpenOffset()).toBe(1n);
  });

  test('a settled conversation is one unit of the assignment that it began with', () => {
    const scenario = new Scenario();
    const assignment = { rolloutId: 'r1', stage: 2, arm: 'candidate' as const, version: 'v2' };
    scenario.ask('where is my parcel', 'In the box.', { version: 'v2', assignment });
    scenario.ask(NO, 'On its way.', { seconds: 40, version: 'v2', assignment });
    scenario.ask('thanks', 'You are welcome.', { seconds: 80 });
    scenario.end(120, { taskCompleted: true });
    const vitals = scenario.tracker.drainVitals(RANGE);
    expect(vitals).toMatchObject([
      { version: 'v2', arm: 'candidate', rolloutId: 'r1', stage: 2, outcomes: 2, failures: 1, units: { count: 1, failed: 1, sumY: 1, sumN: 3, sumYY: 1, sumYN: 3, sumNN: 9 } },
      { version: 'v1', arm: 'rest', outcomes: 1, failures: 0, units: { count: 0 } },
    ]);
  });

  test('an overridden request is only counted as overridden', () => {
    const scenario = new Scenario();
    scenario.ask('where is my parcel', 'In the box.', { assignment: { rolloutId: 'r1', stage: 1, arm: 'candidate', version: 'v2', overridden: true } });
    scenario.end(60);
    expect(scenario.tracker.drainVitals(RANGE)).toMatchObject([{ requests: 0, overridden: 1, outcomes: 0, units: { count: 0 } }]);
  });

  test('an event older than the idle time opens a late segment that is no second unit', () => {
    const scenario = new Scenario();
    scenario.clock(1_000);
    scenario.ask('where is my parcel', 'In the box.', { seconds: 10 });
    scenario.ask(NO, 'On its way.', { seconds: 20 });
    const late = scenario.emissions.filter(({ type }) => type === 'ratchet.signal.detected');
    expect(late.length).toBeGreaterThan(0);
    expect(late.every(({ data }) => 'late' in data && data.late === true)).toBe(true);
    scenario.clock(2_000);
    expect(scenario.tracker.drainVitals(RANGE)).toMatchObject([{ requests: 2, outcomes: 2, units: { count: 0 } }]);
  });
});

describe('the log decides everything', () => {
  const script = (length: number): TrackedRecord[] => {
    const texts = ['where is my parcel', 'no, I meant the kettle', 'where is my parcel', 'thanks a lot', 'get me a human', 'how do I pay by card'];
    const assignments = [{ arm: 'control' as const, unit: 'user' as const }, { arm: 'candidate' as const, unit: 'user' as const, segment: 'de' }, { arm: 'candidate' as const, covariate: 0.3 }, undefined];
    let seed = 7;
    const next = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed >>> 8) % below;
    };
    let seconds = 0;
    return Array.from({ length }, (_, i) => {
      seconds += next(60);
      const conversationId = `c${next(9)}`;
      const timeMs = START_MS + (seconds - (next(40) === 0 ? 900 : 0)) * 1_000;
      const givenAt = new Date(timeMs).toISOString();
      const eventId = `e${i}`;
      const kind = next(20);
      const base = { eventId, offset: BigInt(i * 2), timeMs };
      if (kind === 0) return { ...base, event: { type: 'ratchet.conversation.ended' as const, data: { conversationId, endedAt: givenAt } } };
      if (kind < 3) return { ...base, event: { type: 'ratchet.feedback.given' as const, data: { feedbackId: eventId, conversationId, interactionId: `i${Math.max(0, i - next(4))}`, name: 'thumbs', value: next(2) === 0, source: { type: 'user' as const }, givenAt } } };
      const data = { interactionId: `i${i}`, conversationId, workload: 'support', model: 'assistant', version: 'v1', input: [{ role: 'user', content: texts[next(texts.length)] ?? '' }], output: { content: next(3) === 0 ? 'Sorry, I do not know.' : 'Under Account.' }, startedAt: givenAt, latencyMs: 500 };
      const assignment = assignments[next(assignments.length)];
      const assigned = { ...data, userId: `u${next(5)}`, ...(assignment && { assignment: { rolloutId: 'r1', stage: 1, version: 'v1', ...assignment } }) };
      if (kind > 8) return { ...base, event: { type: 'ratchet.interaction.completed' as const, data: assigned } };
      return { ...base, event: { type: 'ratchet.interaction.completed' as const, data } };
    });
  };
  const shown = (value: unknown): string => JSON.stringify(value, (_key, member: unknown) => (typeof member === 'bigint' ? member.toString() : member));

  test('every emission and every count fits the contract, and ids are not repeated', () => {
    const tracker = new ConversationTracker();
    const ids = new Set<string>();
    let emitted = 0;
    for (const record of script(600)) {
      for (const emission of tracker.apply(record)) {
        emitted += 1;
        ids.add(emission.id);
        const schema = emission.type === 'ratchet.signal.detected' ? signalDetected.schema : interactionFailed.schema;
        expect(schema.safeParse(emission.data).error).toBeUndefined();
      }
    }
    expect(emitted).toBeGreaterThan(300);
    expect(ids.size).toBe(emitted);
    for (const vitals of tracker.drainVitals(RANGE)) expect(vitalsCounted.schema.safeParse(vitals).error).toBeUndefined();
  });

  test.each([
    ['with room for all', {}],
    ['where conversations are cut for age', { maxConversationMs: 400_000 }],
    ['where conversations are cut for room', { maxOpenConversations: 4 }],
  ])('a tracker that reads again from the resume point goes on exactly as the first one, %s', (_case, config) => {
    const records = script(600);
    for (const committed of [50, 173, 300, 431, 555]) {
      const first = new ConversationTracker({ config });
      for (const record of records.slice(0, committed)) first.apply(record);
      first.drainVitals(RANGE);
      const resume = first.resumePoint(BigInt(committed * 2));
      const second = new ConversationTracker({ config, resume });
      for (const record of records.slice(0, committed)) if (record.offset >= resume.offset) second.apply(record);
      second.drainVitals(RANGE);
      expect(second.openConversations).toBe(first.openConversations);
      for (const record of records.slice(committed)) expect(shown(second.apply(record))).toBe(shown(first.apply(record)));
      expect(shown(second.drainVitals(RANGE))).toBe(shown(first.drainVitals(RANGE)));
    }
  });

  test('vitals ids come from the partition and the offsets, so that the same range makes the same id', () => {
    const idOf = (range: typeof RANGE): string | undefined => {
      const scenario = new Scenario();
      scenario.ask('where is my parcel', 'In the box.');
      return scenario.tracker.drainVitals(range)[0]?.vitalsId;
    };
    expect(idOf(RANGE)).toBe(idOf({ ...RANGE }));
    expect(idOf(RANGE)).not.toBe(idOf({ ...RANGE, toOffset: 100n }));
  });

  test('thresholds of one embedding are refused with another', () => {
    expect(() => new ConversationTracker({ embedding: { name: 'minilm', embed: () => new Float32Array(3) } })).toThrow(/set similarity/u);
  });
});
