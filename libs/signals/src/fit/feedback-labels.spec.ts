import type { Feedback } from '@ratchet/domain';
import { describe, expect, test } from '@jest/globals';
import { signalsConfigSchema } from '../config.js';
import type { LoggedEvent } from '../log/logged-conversation.js';
import { at } from '../spec-support/scenario.js';
import { feedbackLabels, withoutFeedback } from './feedback-labels.js';

const config = signalsConfigSchema.parse({});
const asked = (interactionId: string): LoggedEvent => ({
  event: { type: 'ratchet.interaction.completed', data: { interactionId, conversationId: 'c', workload: 'w', model: 'm', version: 'v', input: [{ role: 'user', content: 'hi' }], output: { content: 'Hello.' }, startedAt: at(0), latencyMs: 1 } },
  eventId: interactionId,
  line: 0,
  timeMs: 0,
});
const given = (feedback: Partial<Feedback>): LoggedEvent => ({
  event: { type: 'ratchet.feedback.given', data: { feedbackId: 'f', conversationId: 'c', name: 'thumbs', source: { type: 'user' }, givenAt: at(1), ...feedback } },
  eventId: 'f',
  line: 0,
  timeMs: 0,
});
const labels = (...events: readonly LoggedEvent[]): Record<string, number> => Object.fromEntries(feedbackLabels(events, config));

describe('feedbackLabels', () => {
  test.each([
    ['a thumb down', { value: false }, { a: 1 }],
    ['a thumb up', { value: true }, { a: 0 }],
    ['one star', { name: 'rating', value: 1 }, { a: 1 }],
    ['five stars', { name: 'rating', value: 5 }, { a: 0 }],
    ['three stars', { name: 'rating', value: 3 }, {}],
    ['a corrected answer', { name: 'correction', correction: 'On Friday.' }, { a: 1 }],
    ['a comment alone', { name: 'comment', comment: 'This is useless.' }, {}],
  ])('%s', (_what, feedback, expected) => {
    expect(labels(asked('a'), given({ interactionId: 'a', ...feedback }))).toEqual(expected);
  });

  test('feedback that names no interaction is about the last one before it', () => {
    expect(labels(asked('a'), asked('b'), given({ value: false }), asked('c'))).toEqual({ b: 1 });
  });

  test("a reviewer's word counts more than a user's, and a bad one more than a good one", () => {
    const up = given({ interactionId: 'a', value: true });
    const down = given({ interactionId: 'a', value: false });
    const reviewerUp = given({ interactionId: 'a', value: true, source: { type: 'reviewer' } });
    expect(labels(asked('a'), up, down)).toEqual({ a: 1 });
    expect(labels(asked('a'), down, up)).toEqual({ a: 1 });
    expect(labels(asked('a'), reviewerUp, down)).toEqual({ a: 0 });
  });
});

test('without feedback, behaviour is what is left', () => {
  expect(withoutFeedback([asked('a'), given({ value: false })]).map(({ eventId }) => eventId)).toEqual(['a']);
});
