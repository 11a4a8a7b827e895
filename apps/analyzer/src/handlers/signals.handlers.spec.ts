import { describe, expect, it } from '@jest/globals';
import { isForAnalysis } from './signals.handlers.js';

const event = (type: string, data: object) => ({ id: 'e', source: '/s', type, time: '2026-01-01T00:00:00Z', data });

describe('isForAnalysis', () => {
  it.each([
    ['a failure', event('ratchet.interaction.failed', { query: 'q' }), true],
    ['a failure whose texts stay where they are', event('ratchet.interaction.failed', { query: '', contentWithheld: true }), false],
    ['a late signal', event('ratchet.signal.detected', { late: true }), true],
    ['a late signal without words', event('ratchet.signal.detected', { late: true, contentWithheld: true }), true],
    ['a signal in time', event('ratchet.signal.detected', {}), false],
    ['a promotion', event('ratchet.version.promoted', {}), true],
  ])('%s', (_what, given, expected) => {
    expect(isForAnalysis(given)).toBe(expected);
  });
});
