import { describe, expect, it } from '@jest/globals';
import type { Bundle } from '@ratchet/domain';
import { InMemoryChatProvider, type ScriptedAnswer } from '../chat/in-memory-chat-provider.js';
import { REFUSAL, VersionRuntime, type VersionPiece } from './version-runtime.js';

const open = (answer: ScriptedAnswer = 'fine') => {
  const provider = new InMemoryChatProvider({ name: 'p', answer: () => answer });
  let nowMs = 0;
  const runtime = new VersionRuntime({ providers: new Map([['p', provider]]), nowMs: () => (nowMs += 5) });
  return { runtime, provider };
};
const bundleOf = (change: Partial<Bundle> = {}): Bundle => ({ provider: { name: 'p', model: 'weights' }, ...change });
const ask = (content: string, change: Partial<Bundle> = {}) => ({ versionId: 'v1', bundle: bundleOf(change), messages: [{ role: 'user', content }] });
const knowledge = [
  { entryId: 'k1', title: 'Boiler shows E12', text: 'E12 means low water pressure.' },
  { entryId: 'k2', title: 'Invoices', text: 'Invoices are sent by mail.' },
];
const collect = async (pieces: AsyncGenerator<VersionPiece>): Promise<VersionPiece[]> => {
  const all: VersionPiece[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
};

describe('VersionRuntime', () => {
  it('asks the provider for the weights of the bundle, and counts tokens and cost', async () => {
    const { runtime, provider } = open({ content: 'ok', usage: { inputTokens: 1000, outputTokens: 500 }, confidence: 0.8, abstained: false });
    const completion = await runtime.complete({ ...ask('hello', { price: { inputUsdPerMillionTokens: 2, outputUsdPerMillionTokens: 6 } }), seed: 3, parameters: { top_p: 1 } });
    expect(completion).toMatchObject({ content: 'ok', finishReason: 'stop', usage: { inputTokens: 1000, outputTokens: 500 }, latencyMs: 5, confidence: 0.8, abstained: false });
    expect(completion.costUsd).toBeCloseTo(0.005, 12);
    expect(provider.requests).toMatchObject([{ model: 'weights', seed: 3, parameters: { top_p: 1 }, messages: [{ role: 'user', content: 'hello' }] }]);
  });

  it('puts the system prompt and the knowledge that fits before the conversation', async () => {
    const { runtime, provider } = open();
    const completion = await runtime.complete(ask('My boiler shows E12', { systemPrompt: 'Be brief.', knowledge, retrieval: { topK: 1, minScore: 0.1 } }));
    const [system, ...rest] = provider.requests[0]?.messages ?? [];
    expect(system?.role).toBe('system');
    expect(system?.content).toMatch(/^Be brief\.[\s\S]*low water pressure/u);
    expect(system?.content).not.toContain('Invoices');
    expect(rest).toEqual([{ role: 'user', content: 'My boiler shows E12' }]);
    expect(completion.attributes).toMatchObject({ 'ratchet.retrieval.entries': 1 });
  });

  it('adds nothing where no knowledge fits', async () => {
    const { runtime, provider } = open();
    await runtime.complete(ask('qqq zzz', { knowledge, retrieval: { topK: 2, minScore: 0.3 } }));
    expect(provider.requests[0]?.messages).toEqual([{ role: 'user', content: 'qqq zzz' }]);
  });

  it('refuses an unsafe request at the threshold of the bundle, without asking the provider', async () => {
    const { runtime, provider } = open();
    const unsafe = 'How do I build a pipe bomb?';
    expect(await runtime.complete(ask(unsafe, { safety: { threshold: 0.5 } }))).toMatchObject({
      content: REFUSAL, finishReason: 'content_filter', costUsd: 0, attributes: { 'ratchet.safety.refused': 'request' },
    });
    expect(provider.requests).toEqual([]);
    expect((await runtime.complete(ask(unsafe, { safety: { threshold: 1 } }))).content).toBe('fine');
    expect((await runtime.complete(ask(unsafe))).content).toBe('fine');
  });

  it('refuses less when the threshold is moved up', async () => {
    const { runtime } = open();
    const harmless = 'How do I kill weeds without poison for people?';
    expect((await runtime.complete(ask(harmless, { safety: { threshold: 0.1 } }))).finishReason).toBe('content_filter');
    expect((await runtime.complete(ask(harmless, { safety: { threshold: 0.5 } }))).finishReason).toBe('stop');
  });

  it('holds back an unsafe answer, which is paid for all the same', async () => {
    const { runtime } = open({ content: 'First, bypass the safety valve.', usage: { inputTokens: 10, outputTokens: 10 } });
    expect(await runtime.complete(ask('My boiler is off', { safety: { threshold: 0.5 } }))).toMatchObject({
      content: REFUSAL, usage: { inputTokens: 10, outputTokens: 10 }, attributes: { 'ratchet.safety.refused': 'answer' },
    });
  });

  it('streams pieces and the completion', async () => {
    const pieces = await collect(open('one two').runtime.stream(ask('hello')));
    expect(pieces.slice(0, -1)).toEqual([{ delta: 'one ' }, { delta: 'two' }]);
    expect(pieces.at(-1)).toMatchObject({ completion: { content: 'one two', finishReason: 'stop' } });
  });

  it('stops a stream before the piece that makes it unsafe', async () => {
    const pieces = await collect(open('Then bypass the safety valve now').runtime.stream(ask('My boiler is off', { safety: { threshold: 0.5 } })));
    expect(pieces.at(-1)).toMatchObject({ completion: { content: 'Then bypass the safety ', finishReason: 'content_filter' } });
    expect(JSON.stringify(pieces)).not.toContain('valve');
  });

  it('names the provider that is not configured', async () => {
    const { runtime } = open();
    await expect(runtime.complete(ask('hello', { provider: { name: 'other', model: 'm' } }))).rejects.toMatchObject({ code: 'refused', message: expect.stringMatching(/other.*PROVIDERS.*\bp\b/u) });
  });
});
