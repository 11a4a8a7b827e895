import { describe, expect, it } from '@jest/globals';
import { headingFor, topicOf } from './topic.js';

describe('topicOf', () => {
  it('names what most requests share', () => {
    expect(topicOf(['How do I get a refund for my invoice?', 'refund of an invoice please', 'Can I have the refund?', 'invoice refund to my card'])).toBe('card, invoice and refund');
    expect(topicOf(['?', 'how do I'])).toBe('requests of this kind');
  });
});

describe('headingFor', () => {
  it('never gives one heading to two opportunities', () => {
    const first = headingFor({ topic: 'fees', taken: new Set() });
    expect(headingFor({ topic: 'fees', taken: new Set([first]) })).toBe(`${first} (2)`);
  });
});
