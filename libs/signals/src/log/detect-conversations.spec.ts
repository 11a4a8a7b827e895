import { describe, expect, test } from '@jest/globals';
import { detectConversations } from './detect-conversations.js';
import { groupByConversation, LogLineError, readLogLine } from './logged-conversation.js';

const detect = (lines: readonly unknown[]) => detectConversations(groupByConversation(lines.flatMap((line, i) => readLogLine(line, i))));
const turns = (...texts: string[]) => texts.map((text, i) => ({ role: i % 2 === 0 ? 'user' : 'assistant', text }));
const cloudEvent = (type: string, data: object, id: string) => ({ specversion: '1.0', id, source: 'test', type, data });
const interaction = (conversationId: string, interactionId: string, query: string, startedAt: string) =>
  cloudEvent('ratchet.interaction.completed', { interactionId, conversationId, workload: 'support', model: 'm', version: 'v', input: [{ role: 'user', content: query }], output: { content: `About that: ${query}.` }, startedAt, latencyMs: 100 }, interactionId);

describe('detectConversations', () => {
  test('every reply to a user is an interaction, named by its place; greetings and closing messages are none', () => {
    const found = detect([{ id: 'a', turns: [{ role: 'assistant', text: 'Hello!' }, ...turns('where is my parcel', 'In the box.', 'No, that is wrong', 'Sorry.', 'thanks, bye')] }]);
    expect(found.map(({ interactionId, failed }) => [interactionId, failed])).toEqual([['a#2', true], ['a#4', false]]);
  });

  test('without times nothing is concluded from seconds, with them a short visit is noticed', () => {
    const texts = turns('where is my parcel', 'In the box.');
    expect(detect([{ id: 'a', turns: texts }])[0]?.signals).toEqual([]);
    const timed = texts.map((turn, i) => ({ ...turn, at: `2026-03-02T09:00:0${i * 3}Z` }));
    expect(detect([{ id: 'a', turns: timed }])[0]?.signals).toMatchObject([{ name: 'quick_abandonment' }]);
  });

  test('events of several conversations keep the order of the input', () => {
    const found = detect([
      interaction('b', 'b1', 'where is my parcel', '2026-03-02T09:00:00Z'),
      interaction('a', 'a1', 'how do I pay', '2026-03-02T09:00:01Z'),
      interaction('b', 'b2', 'no, that is not what I asked', '2026-03-02T09:00:30Z'),
    ]);
    expect(found.map(({ interactionId, failed }) => [interactionId, failed])).toEqual([['b1', true], ['a1', false], ['b2', false]]);
  });

  test('feedback is joined to its interaction wherever it stands in the file', () => {
    const thumb = { feedbackId: 'f', conversationId: 'b', interactionId: 'b1', name: 'thumbs', value: 0, source: { type: 'user' }, givenAt: '2026-03-05T09:00:00Z' };
    const found = detect([
      interaction('b', 'b1', 'where is my parcel', '2026-03-02T09:00:00Z'),
      interaction('b', 'b2', 'how do I pay by card', '2026-03-02T09:00:30Z'),
      cloudEvent('ratchet.feedback.given', thumb, 'e'),
    ]);
    expect(found[0]).toMatchObject({ interactionId: 'b1', failed: true, signals: expect.arrayContaining([expect.objectContaining({ name: 'thumbs_down' })]) });
    expect(found[1]?.failed).toBe(false);
  });

  test.each([
    [[], /expected a JSON object/u],
    [{ id: 'a' }, /expected a conversation/u],
    [{ id: 'a', turns: [{ role: 'user' }] }, /turns\.0\.text/u],
    [cloudEvent('ratchet.other', {}, 'x'), /is none of/u],
    [cloudEvent('ratchet.conversation.ended', { conversationId: '' }, 'x'), /conversationId/u],
  ])('refuses %j and says why', (line, message) => {
    expect(() => readLogLine(line, 0)).toThrow(LogLineError);
    expect(() => readLogLine(line, 0)).toThrow(message);
  });
});
