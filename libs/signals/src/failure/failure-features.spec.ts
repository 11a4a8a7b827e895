import { describe, expect, test } from '@jest/globals';
import { allTermsWeights } from '../fit/fit-weights.js';
import { Scenario } from '../spec-support/scenario.js';

const PARCEL = 'where is my parcel with the blue kettle';

/** Every feature of the first reply, by name. */
const featuresAfter = (reply: string, next?: string, query = PARCEL): Record<string, number> => {
  const scenario = new Scenario({ weights: allTermsWeights });
  scenario.ask(query, reply);
  if (next === undefined) scenario.clock(100_000);
  else scenario.ask(next, 'Fine.', { seconds: 60 });
  return Object.fromEntries(scenario.first().estimate.terms.map(({ name, value }) => [name, value]));
};
const productsOf = (features: Record<string, number>): string[] => Object.keys(features).filter((name) => name.includes('*')).sort();

describe('products of what the reply does and how the user takes it', () => {
  test.each([
    ['Sorry, nothing was found.', 'no', ['failed*negation', 'failed*no', 'failed*short', 'statement*negation', 'statement*no', 'statement*short']],
    ['Please confirm: the blue one?', 'I meant the red one there', ['confirm*corrects', 'question*corrects']],
    ['Would you like a table?', 'maybe a different one over there please', ['offer*another', 'question*another']],
    ['Which day?', 'i am not sure about the day', ['question*doubt', 'question*negation']],
    ['It stands in the hall.', 'i do like it but it is terrible for all of us', ['statement*dislike']],
    ['It stands in the hall.', 'thanks for the help with it', ['statement*content', 'thanks*not_no']],
    ['It stands in the hall.', 'where would the hall be?', ['statement*asks']],
    ['It stands in the hall. Anything else?', 'no, that is all from me', ['more*closes', 'more*negation', 'more*no', 'no*closes', 'offer*closes', 'offer*negation', 'offer*no', 'question*closes', 'question*negation', 'question*no']],
    ['It stands in the hall.', 'sounds good to me and to us', ['statement*accepts', 'statement*content']],
    ['It stands in the hall.', 'can you check the garage as well', ['statement*asks_try']],
  ])('%s / %s', (reply, next, expected) => {
    expect(productsOf(featuresAfter(reply, next))).toEqual(expected);
  });
});

describe('a request in other words', () => {
  const REWRITE = 'my parcel with the blue kettle, where is it now?';

  test('counts as far as the reply did not fit the request', () => {
    expect(featuresAfter('You can return it within thirty days.', REWRITE)['rewrites*ill_fit']).toBeGreaterThan(0.5);
    expect(featuresAfter('Your parcel with the blue kettle is in the van.', REWRITE)).not.toHaveProperty('rewrites*ill_fit');
  });

  test('counts in full after a reply that failed, and not after a question', () => {
    expect(featuresAfter('Sorry, I could not find a parcel with a blue kettle.', REWRITE)['rewrites*ill_fit']).toBeGreaterThan(0.5);
    expect(featuresAfter('Which order is it about?', REWRITE)).not.toHaveProperty('rewrites*ill_fit');
  });
});

test('without a next message there is the reply, and that nothing followed', () => {
  const features = featuresAfter('Which order is it about?');
  expect(features).toMatchObject({ 'reply.question': 1, 'reply.off_topic': 1, 'end.no_message': 1, 'end.unresolved_request': 0.3 });
  expect(Object.keys(features).filter((name) => /^(next|query|course)\./u.test(name))).toEqual([]);
});

test('the course of the conversation counts replies, and messages of trouble before this one', () => {
  const scenario = new Scenario({ weights: allTermsWeights });
  ['where is my parcel', 'no, that is wrong', 'what are the opening hours', 'how late is it'].forEach((query, i) => scenario.ask(query, 'It is in the hall.', { seconds: 60 * i }));
  const courseOf = (place: number): Record<string, number> =>
    Object.fromEntries((scenario.assessments[place]?.estimate.terms ?? []).flatMap(({ name, value }) => (name.startsWith('course.') ? [[name, value]] : [])));
  expect(courseOf(0)).toEqual({ 'course.turn': 1 / 15, 'course.first': 1 });
  expect(courseOf(1)).toEqual({ 'course.turn': 2 / 15, 'course.trouble': 1, 'course.troubled': 0.5 });
  expect(courseOf(2)).toEqual({ 'course.turn': 3 / 15, 'course.trouble': 1, 'course.troubled': 1 / 3 });
});
