import { describe, expect, it } from '@jest/globals';
import { countTokens, readChatRequest } from './chat-request.js';

const user = (content: unknown) => ({ role: 'user', content });

describe('readChatRequest', () => {
  it('asks the last user message, whatever stands around it', () => {
    const messages = [{ role: 'system', content: 'Be kind.' }, user('first'), { role: 'assistant', content: 'ok' }, user([{ type: 'text', text: 'second' }]), { role: 'assistant', content: null }];
    expect(readChatRequest({ model: 'm', messages })).toEqual({ model: 'm', text: 'second', promptTokens: 6, stream: false, includeUsage: false });
  });

  it.each([
    ['no object', null, null],
    ['no model', { messages: [user('x')] }, 'model'],
    ['no messages', { model: 'm', messages: [] }, 'messages'],
    ['no user message', { model: 'm', messages: [{ role: 'system', content: 'x' }] }, 'messages'],
    ['an unknown role', { model: 'm', messages: [{ role: 'king', content: 'x' }] }, 'messages.0.role'],
    ['an image', { model: 'm', messages: [user([{ type: 'image_url' }])] }, 'messages.0.content'],
    ['several answers', { model: 'm', messages: [user('x')], n: 3 }, 'n'],
  ])('refuses %s and names the field', (_name, body, param) => {
    let refusal: unknown;
    try {
      readChatRequest(body);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ status: 400, param });
  });
});

describe('countTokens', () => {
  it.each([
    ['', 0],
    ['  ', 0],
    ['hello', 1],
    ['Where is my card?', 5],
    ["don't", 3],
    ['order #42, please', 5],
    ['где карта', 2],
  ])('counts words and marks of %j', (text, tokens) => {
    expect(countTokens(text)).toBe(tokens);
  });
});
