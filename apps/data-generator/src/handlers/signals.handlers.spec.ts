import { describe, expect, it } from '@jest/globals';
import { isForGeneration } from './signals.handlers.js';

const event = (type: string, data: object) => ({ id: 'e', source: '/s', type, time: '2026-01-01T00:00:00Z', data });

describe('isForGeneration', () => {
  it.each([
    ['a failure', event('ratchet.interaction.failed', { query: 'q' }), true],
    ['a failure whose texts stay where they are', event('ratchet.interaction.failed', { query: '', contentWithheld: true }), false],
    ['a signal with a correction', event('ratchet.signal.detected', { correction: 'Canberra' }), true],
    ['a signal without one', event('ratchet.signal.detected', { contentWithheld: true }), false],
    ['an opportunity', event('ratchet.opportunity.ranked', {}), true],
  ])('%s', (_what, given, expected) => {
    expect(isForGeneration(given)).toBe(expected);
  });
});
