import { describe, expect, it } from '@jest/globals';
import { parseReplayLine } from './replay-line.js';

const ended = { specversion: '1.0', id: 'e1', source: '/shop', type: 'ratchet.conversation.ended', time: '2026-01-01T00:00:00Z', data: { conversationId: 'c1', endedAt: '2026-01-01T00:00:00Z' } };
const clock = { ...ended, type: 'ratchet.clock.advanced', data: { advancedTo: '2026-01-01T00:00:00Z' } };
const problemOf = (value: unknown, anyType = false): string | undefined => {
  const parsed = parseReplayLine(typeof value === 'string' ? value : JSON.stringify(value), { anyType });
  return parsed.ok ? undefined : parsed.problem;
};

describe('a line of a replay', () => {
  it('is an event that a product may send', () => {
    expect(parseReplayLine(JSON.stringify(ended), { anyType: false })).toMatchObject({ ok: true, event: { id: 'e1', type: 'ratchet.conversation.ended' } });
  });

  it("is an event of Ratchet's own services only where that is asked for", () => {
    expect(problemOf(clock)).toContain('--any');
    expect(problemOf(clock, true)).toBeUndefined();
  });

  it.each([
    ['no JSON', '{"id"', 'is not JSON'],
    ['no CloudEvent', {}, 'bad_envelope: specversion'],
    ['an unknown type', { ...ended, type: 'shop.sold' }, 'unknown_type'],
    ['data of another shape', { ...ended, data: { conversationId: '' } }, 'wrong_schema: conversationId'],
  ])('says what is wrong with %s', (_, value, problem) => {
    expect(problemOf(value)).toContain(problem);
  });
});
