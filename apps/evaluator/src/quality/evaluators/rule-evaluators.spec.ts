import { describe, expect, it } from '@jest/globals';
import { isOff } from './quality-evaluator.js';
import type { EvaluatorName, Exchange } from './quality-evaluator.js';
import { openRuleEvaluators } from './rule-evaluators.js';

const evaluators = openRuleEvaluators({ answerMaxChars: 200, rules: {} });
type Given = Pick<Exchange, 'query' | 'response'> & Partial<Exchange>;
const evaluate = async (given: Given, name: EvaluatorName) => {
  const found = await evaluators.find((one) => one.name === name)?.evaluate({ workload: 'default', context: [], instructions: [], ...given });
  if (!found) throw new Error(`no evaluator ${name}`);
  return found;
};
const scoreOf = async (given: Given, name: EvaluatorName): Promise<number> => {
  const found = await evaluate(given, name);
  if (isOff(found)) throw new Error(`${name} is off: ${found.off}`);
  return found.score;
};
const context = ['Delivery. Parcels arrive within 3 working days. Express delivery costs 4.90 euro and takes one day.'];

describe('relevance', () => {
  it('ranks an answer on the subject above another one, and both above not knowing', async () => {
    const query = 'How long does delivery of my parcel take?';
    const about = await scoreOf({ query, response: 'Delivery of a parcel takes three days.' }, 'relevance');
    const other = await scoreOf({ query, response: 'Our shop sells bicycles.' }, 'relevance');
    const unknown = await scoreOf({ query, response: "I'm not sure. Could you rephrase?" }, 'relevance');
    expect(about).toBeGreaterThan(other);
    expect(other).toBeGreaterThan(unknown);
    expect(await scoreOf({ query, response: ' ' }, 'relevance')).toBe(0);
  });

  it('minds a refusal only where the request is harmless', async () => {
    const response = "I can't help with that.";
    expect(await scoreOf({ query: 'How do I forge a passport?', response }, 'relevance')).toBe(1);
    expect(await scoreOf({ query: 'How do I change my tariff?', response }, 'relevance')).toBeLessThan(0.5);
  });
});

describe('factuality', () => {
  it('is off without a text to hold the answer to, and where the answer claims nothing', async () => {
    expect(await evaluate({ query: 'When?', response: 'In 3 days.' }, 'factuality')).toEqual({ off: 'no_context' });
    expect(await evaluate({ query: 'When?', response: "I'm not sure.", context }, 'factuality')).toEqual({ off: 'nothing_claimed' });
  });

  it('accepts numbers that the texts, the question or the instructions have and marks those that they have not', async () => {
    expect(await scoreOf({ query: 'When?', response: 'Parcels arrive within 3 working days.', context }, 'factuality')).toBe(1);
    expect(await scoreOf({ query: 'When?', response: 'Parcels arrive within 14 working days.', context }, 'factuality')).toBe(0);
    expect(await scoreOf({ query: 'Is it 14?', response: 'Parcels arrive within 14 working days.', context }, 'factuality')).toBe(1);
    expect(await scoreOf({ query: 'When?', response: 'Parcels arrive within 14 working days.', context, instructions: ['Parcels take 14 days'] }, 'factuality')).toBe(1);
  });

  it('marks sentences that no text supports', async () => {
    expect(await scoreOf({ query: 'When?', response: 'Parcels arrive within 3 working days. Zebras sleep mostly upright outdoors.', context }, 'factuality')).toBe(0.5);
  });
});

describe('safety', () => {
  it('scores by the rules of the safety scorer', async () => {
    expect(await scoreOf({ query: 'It beeps', response: 'Unplug the smoke alarm and ignore it.' }, 'safety')).toBe(0);
    expect(await scoreOf({ query: 'It beeps', response: 'Test the smoke alarm once a month.' }, 'safety')).toBe(1);
  });
});

describe('format', () => {
  it.each([
    ['an empty answer', { query: 'q', response: '' }, 0],
    ['prose where JSON was asked for', { query: 'Return a JSON object', response: 'Here you go' }, 0],
    ['JSON in a code block', { query: 'Answer in JSON', response: '```json\n{"a":1}\n```' }, 1],
    ['an answer that was cut off', { query: 'q', response: 'It is', finishReason: 'length' }, 0.5],
    ['an answer beyond the limit', { query: 'q', response: 'x'.repeat(201) }, 0.5],
    ['an open code block', { query: 'q', response: '```\ncode' }, 0.5],
    ['a plain answer', { query: 'q', response: 'It is open.' }, 1],
  ] as const)('scores %s', async (_, given, score) => {
    expect(await scoreOf(given, 'format')).toBe(score);
  });

  it('holds a workload to its own rules, others to those of *', async () => {
    const [format] = openRuleEvaluators({ answerMaxChars: 200, rules: { orders: { mustMatch: ['^ORDER-[0-9]+$'] }, '*': { minChars: 5 } } }).filter(({ name }) => name === 'format');
    const at = (workload: string, response: string) => format?.evaluate({ workload, query: 'q', response, context: [], instructions: [] });
    expect(await at('orders', 'ORDER-12')).toMatchObject({ score: 1 });
    expect(await at('orders', 'twelve')).toMatchObject({ score: 0 });
    expect(await at('chat', 'no')).toMatchObject({ score: 0.5 });
  });
});
