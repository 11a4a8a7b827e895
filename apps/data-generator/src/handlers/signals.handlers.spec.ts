import { describe, expect, it } from '@jest/globals';
import { isForGeneration } from './signals.handlers.js';

const lengths = { INPUT_CHARS_MAX: 100, OUTPUT_CHARS_MAX: 100 };
const event = (type: string, data: object) => ({ id: 'e', source: '/s', type, time: '2026-01-01T00:00:00Z', data });
const interaction = (parts: object = {}) => event('ratchet.interaction.completed', { interactionId: 'i', conversationId: 'c', model: 'm', workload: 'w', input: [{ role: 'user', content: 'q' }], output: { content: 'a' }, ...parts });

describe('isForGeneration', () => {
  it.each([
    ['a failure', event('ratchet.interaction.failed', { query: 'q' }), true],
    ['a failure whose texts stay where they are', event('ratchet.interaction.failed', { query: '', contentWithheld: true }), false],
    ['a signal with a correction', event('ratchet.signal.detected', { correction: 'Canberra' }), true],
    ['a signal without one', event('ratchet.signal.detected', { contentWithheld: true }), false],
    ['a user who was content', event('ratchet.signal.detected', { name: 'thanks', interactionId: 'i', conversationId: 'c' }), true],
    ['a user who went on', event('ratchet.signal.detected', { name: 'moved_on', conversationId: 'c' }), false],
    ['an opportunity', event('ratchet.opportunity.ranked', {}), true],
    ['a request', interaction(), true],
    ['a request whose id no database takes', interaction({ interactionId: 'zero \u0000' }), false],
    ['a request in a later turn', interaction({ input: [{ role: 'user', content: 'a' }, { role: 'assistant', content: 'b' }, { role: 'user', content: 'and this?' }] }), false],
    ['a request too long for an example', interaction({ input: [{ role: 'user', content: 'q'.repeat(101) }] }), false],
    ['a request without an answer', interaction({ output: null }), false],
    ['a request whose texts were not recorded', interaction({ attributes: { 'ratchet.content': 'none' } }), false],
  ])('%s', (_what, given, expected) => {
    expect(isForGeneration(given, { TRAFFIC_SAMPLE_SHARE: 1, ...lengths })).toBe(expected);
  });

  it('keeps a share of the conversations, requests and their signals together', () => {
    const kept = Array.from({ length: 2_000 }, (_, i) => `c${i}`).map((conversationId) => [
      isForGeneration(interaction({ conversationId }), { TRAFFIC_SAMPLE_SHARE: 0.1, ...lengths }), isForGeneration(event('ratchet.signal.detected', { name: 'thanks', interactionId: 'i', conversationId }), { TRAFFIC_SAMPLE_SHARE: 0.1, ...lengths }),
    ]);
    expect(kept.every(([request, signal]) => request === signal)).toBe(true);
    expect(kept.filter(([request]) => request).length / kept.length).toBeCloseTo(0.1, 1);
    expect(isForGeneration(interaction(), { TRAFFIC_SAMPLE_SHARE: 0, ...lengths })).toBe(false);
  });
});
