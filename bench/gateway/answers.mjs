// What the mock provider says, in OpenAI's shapes: an answer of some 600 characters, or the same in 24 pieces.
const WORDS = 'Your order left our warehouse this morning and is with the carrier now; you can follow it with the number in the message that we sent you'.split(' ');
const PIECES = 24;
const usage = { prompt_tokens: 42, completion_tokens: 120, total_tokens: 162 };

export const content = Array.from({ length: 5 }, () => WORDS.join(' ')).join('. ');

export const completion = Buffer.from(JSON.stringify({
  id: 'chatcmpl-mock', object: 'chat.completion', created: 1, model: 'mock', usage,
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
}));

const event = (change) => `data: ${JSON.stringify({ id: 'chatcmpl-mock', object: 'chat.completion.chunk', created: 1, model: 'mock', choices: [], ...change })}\n\n`;
const size = Math.ceil(content.length / PIECES);

export const events = [
  event({ choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] }),
  ...Array.from({ length: PIECES }, (_, at) => event({ choices: [{ index: 0, delta: { content: content.slice(at * size, (at + 1) * size) }, finish_reason: null }] })),
  event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
  event({ usage }),
  'data: [DONE]\n\n',
].map((text) => Buffer.from(text));
