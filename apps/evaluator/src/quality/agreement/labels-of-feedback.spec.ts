import { describe, expect, it } from '@jest/globals';
import type { Feedback } from '@ratchet/domain';
import { labelsOf } from './labels-of-feedback.js';

const given = (feedback: Partial<Feedback>): Feedback => ({ feedbackId: 'f', conversationId: 'c', interactionId: 'i', name: 'thumbs', source: { type: 'user' }, givenAt: '2026-01-01T00:00:00Z', ...feedback });

describe('labelsOf', () => {
  it.each([
    ['a thumb up', { value: 'up' }, [['overall', true]]],
    ['a thumb down with a reason', { value: -1, reasons: ['incorrect'] }, [['overall', false], ['factuality', false]]],
    ['five stars', { name: 'rating', value: 5 }, [['overall', true]]],
    ['three stars, which say neither', { name: 'rating', value: 3 }, []],
    ['stars by category', { name: 'rating', ratings: { accuracy: 1, helpfulness: 5, clarity: 3 } }, [['factuality', false], ['relevance', true]]],
    ['a correction', { name: 'correction', correction: 'It is 5.' }, [['overall', false]]],
    ['a comment', { name: 'comment', comment: 'hm' }, []],
  ] as const)('reads %s', (_, feedback, labels) => {
    expect(labelsOf(given(feedback as unknown as Partial<Feedback>)).map(({ aspect, isGood }) => [aspect, isGood])).toEqual(labels);
  });

  it('lets the stars of a category be outdone by the reason for the same category', () => {
    expect(labelsOf(given({ name: 'rating', ratings: { accuracy: 5 }, reasons: ['incorrect'] }))).toEqual([{ aspect: 'factuality', isGood: false }]);
  });
});
