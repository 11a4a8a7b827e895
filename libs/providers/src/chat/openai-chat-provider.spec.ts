import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { ProviderError } from '../call/provider-error.js';
import type { ProviderConfig } from '../config/provider-config.js';
import { openHttpProvider, sendJson, type HttpProvider, type SeenRequest } from '../testing/http-provider.js';
import type { ChatPiece } from './chat-provider.js';
import { OpenAiChatProvider } from './openai-chat-provider.js';

const request = { model: 'm', messages: [{ role: 'user', content: 'Hello' }] };
const completion = { choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }], usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 } };

let server: HttpProvider;
let provider: OpenAiChatProvider;
const open = async (answer: (request: SeenRequest, response: ServerResponse) => void, change: Partial<ProviderConfig> = {}): Promise<void> => {
  server = await openHttpProvider(answer, change);
  provider = new OpenAiChatProvider(server.config);
};
afterEach(async () => {
  await provider.close();
  await server.close();
});
const failureOf = (call: Promise<unknown>): Promise<ProviderError> => call.then(() => Promise.reject(new Error('it did not fail')), (error: ProviderError) => error);

describe('OpenAiChatProvider.complete', () => {
  it("sends OpenAI's request and reads its answer, the embedded model's confidence included", async () => {
    await open((_request, response) => sendJson(response, { ...completion, ratchet: { confidence: 0.4, abstained: true, version: 'x' } }));
    const answer = await provider.complete({ ...request, seed: 7, parameters: { temperature: 0.5 } });
    expect(answer).toEqual({ content: 'Hi', finishReason: 'stop', usage: { inputTokens: 3, outputTokens: 1 }, confidence: 0.4, abstained: true });
    const [seen] = server.seen;
    expect([seen?.method, seen?.url, seen?.headers.authorization]).toEqual(['POST', '/v1/chat/completions', 'Bearer key']);
    expect(JSON.parse(seen?.body ?? '')).toEqual({ ...request, seed: 7, temperature: 0.5 });
  });

  it.each([
    [400, 'refused', false],
    [401, 'refused', false],
    [404, 'refused', false],
    [429, 'rate_limited', true],
    [500, 'bad_response', true],
    [503, 'bad_response', true],
    [504, 'timeout', true],
  ])('reads status %i as %s, without a second try', async (status, code, retryable) => {
    await open((_request, response) => sendJson(response, { error: { message: 'because' } }, status));
    const failure = await failureOf(provider.complete(request));
    expect(failure).toMatchObject({ name: 'ProviderError', code, retryable, status, provider: 'wire', message: expect.stringContaining('because') });
    expect(server.seen).toHaveLength(1);
  });

  it.each([['no json'], ['{"choices":[]}'], ['{"choices":[{"message":{"content":5}}]}']])('calls %s a bad response', async (body) => {
    await open((_request, response) => sendJson(response, body));
    expect(await failureOf(provider.complete(request))).toMatchObject({ code: 'bad_response' });
  });

  it('gives up in time, and frees the place for the next call', async () => {
    let silent = true;
    await open((_request, response) => (silent ? undefined : sendJson(response, completion)), { timeoutMs: 200, maxConcurrency: 1 });
    expect(await failureOf(provider.complete(request))).toMatchObject({ code: 'timeout', retryable: true });
    silent = false;
    expect((await provider.complete(request)).content).toBe('Hi');
  });

  it('does not ask twice where the connection broke after the request went over it: the answer may have been paid for', async () => {
    await open((_request, response) => response.destroy());
    expect(await failureOf(provider.complete(request))).toMatchObject({ code: 'connection', unsent: false });
    expect(server.seen).toHaveLength(1);
  });

  it('does not ask twice over a kept connection that its server closes with the request on it', async () => {
    await open(() => undefined);
    await server.close();
    let requests = 0;
    const raw = createTcpServer((socket) => {
      socket.on('error', () => undefined).on('data', () => {
        requests += 1;
        const text = JSON.stringify(completion);
        if (requests === 1) socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`);
        else socket.destroy();
      });
    }).listen(Number(new URL(server.config.baseUrl).port), '127.0.0.1');
    expect((await provider.complete(request)).content).toBe('Hi');
    expect(await failureOf(provider.complete(request))).toMatchObject({ code: 'connection', unsent: false });
    expect(requests).toBe(2);
    raw.close();
  });

  it('says connection when nobody listens', async () => {
    await open(() => undefined);
    await server.close();
    expect(await failureOf(provider.complete(request))).toMatchObject({ code: 'connection', retryable: true, unsent: true });
  });

  it('asks again where nobody listened yet', async () => {
    await open(() => undefined);
    await server.close();
    const asked = provider.complete(request);
    const late = createServer((_request, response) => sendJson(response, completion)).listen(Number(new URL(server.config.baseUrl).port), '127.0.0.1');
    expect((await asked).content).toBe('Hi');
    late.close();
    late.closeAllConnections();
  });

  it('refuses at once what finds no room in the line, and goes on with the others', async () => {
    let answer = (): void => undefined;
    await open((_request, response) => void (answer = () => sendJson(response, completion)), { maxConcurrency: 1, maxQueue: 1 });
    const [first, second] = [provider.complete(request), provider.complete(request)];
    expect(await failureOf(provider.complete(request))).toMatchObject({ code: 'overloaded', retryable: true, message: expect.stringContaining('1 wait') });
    while (server.seen.length < 1) await new Promise((resolve) => setTimeout(resolve, 1));
    answer();
    await first;
    while (server.seen.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    answer();
    expect((await second).content).toBe('Hi');
  });

  it('hands on when the provider wants to be asked again', async () => {
    await open((_request, response) => void response.writeHead(429, { 'retry-after': '7' }).end());
    expect(await failureOf(provider.complete(request))).toMatchObject({ code: 'rate_limited', retryAfterMs: 7_000 });
  });

  it('stops when the caller cancels', async () => {
    const controller = new AbortController();
    await open(() => controller.abort());
    expect(await failureOf(provider.complete({ ...request, signal: controller.signal }))).toMatchObject({ code: 'cancelled', retryable: false });
  });

  it('has at most the configured number of calls in flight', async () => {
    let inFlight = 0;
    let most = 0;
    await open((_request, response) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      setTimeout(() => {
        inFlight -= 1;
        sendJson(response, completion);
      }, 5);
    }, { maxConcurrency: 2 });
    await Promise.all(Array.from({ length: 8 }, () => provider.complete(request)));
    expect([most, server.seen.length]).toEqual([2, 8]);
  });
});

describe('OpenAiChatProvider.stream', () => {
  const chunk = (value: object): string => `data: ${JSON.stringify({ choices: [], ...value })}\n\n`;
  const stream = (...parts: string[]) => (_request: SeenRequest, response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const part of parts) response.write(part);
    response.end();
  };
  const collect = async (): Promise<ChatPiece[]> => {
    const pieces: ChatPiece[] = [];
    for await (const piece of provider.stream(request)) pieces.push(piece);
    return pieces;
  };

  it('yields pieces, then the answer with usage and confidence', async () => {
    await open(stream(
      chunk({ choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] }),
      chunk({ choices: [{ index: 0, delta: { content: 'Hel' } }] }),
      chunk({ choices: [{ index: 0, delta: { content: 'lo' } }] }),
      chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], ratchet: { confidence: 0.7 } }),
      chunk({ usage: { prompt_tokens: 2, completion_tokens: 1, total_tokens: 3 } }),
      'data: [DONE]\n\n',
    ));
    expect(await collect()).toEqual([{ delta: 'Hel' }, { delta: 'lo' }, { answer: { content: 'Hello', finishReason: 'stop', usage: { inputTokens: 2, outputTokens: 1 }, confidence: 0.7 } }]);
    expect(JSON.parse(server.seen[0]?.body ?? '')).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });

  it('calls a stream that breaks off a failure', async () => {
    await open(stream(chunk({ choices: [{ index: 0, delta: { content: 'Hel' } }] })));
    expect(await failureOf(collect())).toMatchObject({ code: 'bad_response' });
  });

  it('says what a refused stream was refused for', async () => {
    await open((_request, response) => sendJson(response, { error: { message: 'no such model' } }, 404));
    expect(await failureOf(collect())).toMatchObject({ code: 'refused', status: 404 });
  });

  it('gives up in time in the middle of a stream', async () => {
    await open((_request, response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chunk({ choices: [{ index: 0, delta: { content: 'Hel' } }] })), { timeoutMs: 100 });
    expect(await failureOf(collect())).toMatchObject({ code: 'timeout' });
  });

  it('gives up a stream that falls silent, before its first piece and between two', async () => {
    await open((_request, response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders(), { firstPieceTimeoutMs: 40 });
    expect(await failureOf(collect())).toMatchObject({ code: 'timeout', message: expect.stringContaining('no first piece within 40 ms') });
    await provider.close();
    await server.close();
    await open((_request, response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chunk({ choices: [{ index: 0, delta: { content: 'Hel' } }] })), { pieceTimeoutMs: 40 });
    expect(await failureOf(collect())).toMatchObject({ code: 'timeout', message: expect.stringContaining('no next piece within 40 ms') });
  });

  it('does not blame the provider for a reader who takes his time', async () => {
    await open(stream(chunk({ choices: [{ index: 0, delta: { content: 'Hel' }, finish_reason: 'stop' }] }), 'data: [DONE]\n\n'), { pieceTimeoutMs: 20 });
    const pieces: ChatPiece[] = [];
    for await (const piece of provider.stream(request)) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      pieces.push(piece);
    }
    expect(pieces.at(-1)).toEqual({ answer: { content: 'Hel', finishReason: 'stop' } });
  });

  it('says connection where the provider hangs up in the middle, and an error of its own where it sends one', async () => {
    await open((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chunk({ choices: [{ index: 0, delta: { content: 'Hel' } }] }), () => response.destroy());
    });
    expect(await failureOf(collect())).toMatchObject({ code: 'connection', unsent: false });
    expect(server.seen).toHaveLength(1);
    await provider.close();
    await server.close();
    await open(stream('data: {"error":{"message":"out of memory"}}\n\n'));
    expect(await failureOf(collect())).toMatchObject({ code: 'bad_response', message: expect.stringContaining('out of memory') });
  });

  it('uses the connection of a stream that has ended for the next one', async () => {
    const ports = new Set<number | undefined>();
    await open((seen, response) => {
      ports.add(response.socket?.remotePort);
      stream(chunk({ choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: 'stop' }] }), 'data: [DONE]\n\n')(seen, response);
    });
    for (let at = 0; at < 3; at += 1) {
      await collect();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(ports.size).toBe(1);
  });

  it('frees the place where the reader leaves', async () => {
    await open((_request, response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chunk({ choices: [{ index: 0, delta: { content: 'Hel' } }] })), { maxConcurrency: 1 });
    for (let at = 0; at < 2; at += 1) for await (const piece of provider.stream(request)) if ('delta' in piece) break;
    expect(server.seen).toHaveLength(2);
  });
});
