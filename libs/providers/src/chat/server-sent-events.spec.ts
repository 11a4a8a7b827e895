import { describe, expect, it } from '@jest/globals';
import { ServerSentEvents } from './server-sent-events.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
/** All events of a text that comes in portions of so many bytes. */
const eventsOf = (text: string, portion = Number.POSITIVE_INFINITY): string[] => {
  const parser = new ServerSentEvents();
  const all = bytes(text);
  const events: string[] = [];
  for (let at = 0; at < all.length; at += portion) events.push(...parser.push(all.subarray(at, at + portion)));
  return events;
};

describe('ServerSentEvents', () => {
  it.each([
    ['data: {"a":1}\n\ndata: [DONE]\n\n', ['{"a":1}', '[DONE]']],
    ['data:no space\r\n\r\ndata:  two spaces\r\r: more\r\n', ['no space', ' two spaces']],
    ['\uFEFFdata: after a mark\n\n', ['after a mark']],
    [': keep-alive\n\nevent: x\nid: 1\nretry: 5\ndata: first\ndata: second\n\n', ['first\nsecond']],
    ['data: größer 🚢\n\n\n\ndata: broken off', ['größer 🚢']],
    ['data\ndatabase: x\n\n', []],
  ])('reads %j the same in whatever portions it comes', (text, expected) => {
    for (const portion of [1, 2, 3, 7, Number.POSITIVE_INFINITY]) expect(eventsOf(text, portion)).toEqual(expected);
  });

  it('says how much it holds, so that a line without end can be refused', () => {
    const parser = new ServerSentEvents();
    parser.push(bytes('data: '.padEnd(1_000, 'x')));
    expect(parser.heldChars).toBe(1_000);
  });
});
