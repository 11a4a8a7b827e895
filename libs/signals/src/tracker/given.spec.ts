import { describe, expect, test } from '@jest/globals';
import type { Feedback, InteractionFailed, SignalDetected } from '@ratchet/domain';
import { Scenario } from '../spec-support/scenario.js';
import type { Emission } from './tracked-record.js';

const PARCEL = 'where is my parcel with the blue kettle';
const ANSWER = 'You can return it within thirty days with the label in the box.';
const down = (change: Partial<Feedback> = {}): Pick<Feedback, 'name'> & Partial<Feedback> => ({ feedbackId: 'down', name: 'thumbs', value: false, ...change });

const signalsOf = (emissions: readonly Emission[]): SignalDetected[] => emissions.flatMap((emission) => (emission.type === 'ratchet.signal.detected' ? [emission.data] : []));
const failureOf = (emissions: readonly Emission[]): InteractionFailed | undefined => emissions.flatMap((emission) => (emission.type === 'ratchet.interaction.failed' ? [emission.data] : []))[0];

const asked = (): Scenario => {
  const scenario = new Scenario();
  scenario.ask(PARCEL, ANSWER);
  return scenario;
};

describe('feedback that comes again', () => {
  test('is one piece of feedback, whatever event it comes in and whatever it says then', () => {
    const scenario = asked();
    expect(signalsOf(scenario.feedback(down(), 20))).toHaveLength(1);
    expect(scenario.feedback(down(), 21)).toEqual([]);
    expect(scenario.feedback(down({ value: true }), 22)).toEqual([]);
    scenario.end(60);
    expect(scenario.first().signals.map(({ name }) => name)).toEqual(['thumbs_down']);
  });

  test('is known after the window has closed, and before its interaction has come', () => {
    const late = asked();
    late.ask('can I change my invoice address', 'Fine.', { seconds: 40 });
    expect(signalsOf(late.feedback(down({ interactionId: 'i1' }), 50))).toMatchObject([{ late: true }]);
    expect(late.feedback(down({ interactionId: 'i1' }), 51)).toEqual([]);

    const early = new Scenario();
    early.feedback(down({ interactionId: 'i1' }), 1);
    early.feedback(down({ interactionId: 'i1' }), 2);
    expect(signalsOf(early.ask(PARCEL, ANSWER, { seconds: 3 }))).toHaveLength(1);
  });

  test('in another part of the conversation makes the same signal again, with the same id', () => {
    const scenario = asked();
    const [first] = scenario.feedback(down({ interactionId: 'i1' }), 20);
    scenario.end(60);
    scenario.feedback(down({ interactionId: 'i1' }), 70);
    const again = scenario.clock(4_000).find(({ type }) => type === 'ratchet.signal.detected');
    expect(again?.id).toBe(first?.id);
  });

  test('of a wish for a person is one wish', () => {
    const scenario = asked();
    const handoff = { type: 'ratchet.handoff.requested' as const, data: { conversationId: 'c1', requestedAt: '2026-03-02T09:00:20.000Z' } };
    const apply = (offset: bigint): Emission[] => scenario.tracker.apply({ event: handoff, eventId: 'wish', offset, timeMs: Date.parse(handoff.data.requestedAt) });
    expect(apply(1n)).toHaveLength(1);
    expect(apply(2n)).toEqual([]);
  });
});

describe('who changes their mind', () => {
  test('is taken at the last word: a thumb up in place of a thumb down', () => {
    const scenario = asked();
    scenario.feedback(down(), 20);
    expect(signalsOf(scenario.feedback({ feedbackId: 'up', name: 'thumbs', value: true }, 25))).toMatchObject([{ name: 'thumbs_up', evidence: { replaces: 'down' } }]);
    scenario.end(60);
    expect(scenario.first()).toMatchObject({ failed: false, signals: [expect.objectContaining({ name: 'thumbs_up' })] });
  });

  test('takes the words of what was said before along', () => {
    const scenario = asked();
    scenario.feedback({ feedbackId: 'one', name: 'rating', value: 1, comment: 'useless', reasons: ['incorrect'] }, 20);
    scenario.feedback({ feedbackId: 'two', name: 'rating', value: 2, reasons: ['more_detail'] }, 25);
    const failure = failureOf(scenario.end(60));
    expect(failure).toMatchObject({ reasons: ['more_detail'], signals: [expect.objectContaining({ name: 'low_rating', evidence: expect.objectContaining({ feedbackId: 'two' }) })] });
    expect(failure).not.toHaveProperty('comment');
  });

  test('may take it back to saying nothing', () => {
    const scenario = asked();
    scenario.feedback({ feedbackId: 'one', name: 'rating', value: 1 }, 20);
    expect(scenario.feedback({ feedbackId: 'two', name: 'rating', value: 3 }, 25)).toEqual([]);
    scenario.end(60);
    expect(scenario.first()).toMatchObject({ failed: false, signals: [] });
  });

  test('changes nothing of what others said, of other names, or of other interactions', () => {
    const scenario = asked();
    scenario.feedback(down({ source: { type: 'user', id: 'ann' } }), 20);
    scenario.feedback({ feedbackId: 'r', name: 'thumbs', value: false, source: { type: 'reviewer', id: 'bea' } }, 21);
    scenario.feedback({ feedbackId: 'c', name: 'correction', correction: 'On Friday.', source: { type: 'user', id: 'ann' } }, 22);
    scenario.feedback({ feedbackId: 'up', name: 'thumbs', value: true, source: { type: 'user', id: 'ann' } }, 23);
    scenario.end(60);
    const { signals } = scenario.first();
    expect(signals.map(({ name, evidence }) => [name, evidence['feedbackId']])).toEqual([['thumbs_down', 'r'], ['user_correction', 'c'], ['thumbs_up', 'up']]);
  });

  test('after the window has closed changes no count, and says what it replaces', () => {
    const scenario = asked();
    scenario.feedback(down(), 20);
    scenario.ask('can I change my invoice address', 'Fine.', { seconds: 40 });
    const late = signalsOf(scenario.feedback({ feedbackId: 'up', interactionId: 'i1', name: 'thumbs', value: true }, 50));
    expect(late).toMatchObject([{ name: 'thumbs_up', late: true, evidence: { replaces: 'down' } }]);
    expect(scenario.first().failed).toBe(true);
  });
});

describe('a metric of the product', () => {
  const config = { feedbackMetrics: { solved: { type: 'boolean', better: 'up' }, minutes: { type: 'number', better: 'down', poorFrom: 30, goodFrom: 5, strength: 0.8 } } } as const;

  test.each([
    ['solved', false, 'low_rating', { metric: 'solved', value: false, better: 'up' }],
    ['solved', true, 'high_rating', { metric: 'solved', value: true, better: 'up' }],
    ['minutes', 45, 'low_rating', { metric: 'minutes', value: 45, better: 'down' }],
  ])('%s %s is a %s', (name, value, signal, evidence) => {
    const scenario = new Scenario({ config });
    scenario.ask(PARCEL, ANSWER);
    expect(signalsOf(scenario.feedback({ name, value, source: { type: 'code' } }, 20))).toMatchObject([{ name: signal, evidence }]);
  });

  test('says nothing between its thresholds, of another type, or undeclared', () => {
    const scenario = new Scenario({ config });
    scenario.ask(PARCEL, ANSWER);
    expect(scenario.feedback({ name: 'minutes', value: 20 }, 20)).toEqual([]);
    expect(scenario.feedback({ name: 'solved', value: 'no' }, 21)).toEqual([]);
    expect(scenario.feedback({ name: 'unheard_of', value: false }, 22)).toEqual([]);
  });
});

describe('a workload that keeps its texts', () => {
  const SECRET = 'albatross';
  const config = { workloads: { support: { content: 'derived_only' as const } } };
  const told = (workload: string): Scenario => {
    const scenario = new Scenario({ config });
    scenario.ask(`where is my ${SECRET} parcel`, `I do not know of any ${SECRET}.`, { workload, attributes: { note: SECRET, tokens: 3 } });
    scenario.feedback({ name: 'rating', value: 1, comment: `bad ${SECRET}`, reasons: ['incorrect'] }, 20);
    scenario.feedback({ name: 'correction', correction: `the ${SECRET} is here` }, 21);
    scenario.handoff(22);
    scenario.ask(`no, where is my ${SECRET} parcel, get me a human`, null, { workload, seconds: 30, error: { type: 'timeout', message: SECRET } });
    scenario.feedback({ name: 'comment', comment: `useless ${SECRET}`, interactionId: 'nowhere' }, 40);
    scenario.end(60);
    return scenario;
  };

  test('gives what was concluded, and no word of what was written', () => {
    const { emissions, assessments } = told('support');
    expect(JSON.stringify(emissions)).not.toContain(SECRET);
    expect(signalsOf(emissions).map(({ name }) => name)).toEqual(expect.arrayContaining(['low_rating', 'user_correction', 'escalation', 'error', 'negative_comment']));
    expect(failureOf(emissions)).toMatchObject({ query: '', response: '', contentWithheld: true, reasons: ['incorrect'], probability: expect.any(Number) });
    expect(assessments.map(({ failed }) => failed)).toEqual([true, true]);
  });

  test('changes nothing in what is concluded, and nothing for other workloads', () => {
    const namesOf = (scenario: Scenario): string[] => signalsOf(scenario.emissions).map(({ name }) => name);
    expect(namesOf(told('support'))).toEqual(namesOf(told('sales')));
    const failure = failureOf(told('sales').emissions);
    expect(failure).toMatchObject({ query: `where is my ${SECRET} parcel`, comment: `bad ${SECRET}`, attributes: { note: SECRET } });
    expect(failure).not.toHaveProperty('contentWithheld');
  });

  test('whose texts never reached the log is not taken to answer with nothing', () => {
    const scenario = new Scenario();
    scenario.ask('', '', { attributes: { 'ratchet.content': 'none' } });
    scenario.ask('', '', { seconds: 40, attributes: { 'ratchet.content': 'none' } });
    scenario.end(90);
    expect(scenario.assessments.map(({ failed, signals }) => [failed, signals])).toEqual([[false, []], [false, []]]);
  });
});
