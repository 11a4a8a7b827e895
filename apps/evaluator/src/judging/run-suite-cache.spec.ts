// Goal: answers of earlier judgements are used where they may be, and never where a latency would be compared; what hangs or cannot be scored is missing.
import { describe, expect, it } from '@jest/globals';
import { RatchetError } from '@ratchet/observability';
import { InMemoryAnswerCache } from '../scoring/answer-cache.js';
import { ScorerSet } from '../scoring/scorer-set.js';
import { unscored } from '../scoring/scorer.js';
import type { Scorer } from '../scoring/scorer.js';
import type { SuiteItem } from '../suites/suite-item.js';
import type { AnswerRecord, VersionRunner } from './ask-version.js';
import { ProviderOutage, runSuite } from './run-suite.js';
import type { SuiteRun } from './run-suite.js';

const bundle = { provider: { name: 'p', model: 'm' } };
const items = (count: number): SuiteItem[] => Array.from({ length: count }, (_, n) => ({ itemId: `general-${n}`, suite: 'general', category: 'c', prompt: `question ${n}`, expectation: { rule: 'same_answer', answer: `answer ${n}` } }));
const idsOf = (some: readonly SuiteItem[]): ReadonlySet<string> => new Set(some.map(({ itemId }) => itemId));
const right = (_: string, question: string): string => question.replace('question', 'answer');

const scripted = (answer: (versionId: string, question: string) => string | Error | Promise<never>): { runner: VersionRunner; calls: string[] } => {
  const calls: string[] = [];
  const complete: VersionRunner['complete'] = async ({ versionId, messages }) => {
    const question = messages.at(-1)?.content ?? '';
    calls.push(`${versionId} ${question}`);
    const reply = await answer(versionId, question);
    if (reply instanceof Error) throw reply;
    return { content: reply, finishReason: 'stop', latencyMs: 3, costUsd: 0.001 };
  };
  return { runner: { complete }, calls };
};
const run = (changed: Partial<SuiteRun> & Pick<SuiteRun, 'runner' | 'items'>): Promise<AnswerRecord[]> =>
  runSuite({
    incumbent: { versionId: 'v1', bundle }, candidate: { versionId: 'v2', bundle }, stored: [], save: async () => undefined, concurrency: 4, signal: new AbortController().signal, onOutage: 'wait',
    retry: { attempts: 3, firstPauseMs: 0 }, ...changed,
  });
const away = (): RatchetError => new RatchetError({ code: 'connection', message: 'away' });
const of = (records: readonly AnswerRecord[], versionId: string): AnswerRecord[] => records.filter((record) => record.versionId === versionId);

describe('a judgement after another one', () => {
  it('asks the champion nothing that it answered before, and measures no latency beside a cached answer', async () => {
    const cache = new InMemoryAnswerCache();
    await run({ ...scripted(right), items: items(20), cache });
    const { runner, calls } = scripted(right);
    const records = await run({ runner, items: items(20), cache, candidate: { versionId: 'v3', bundle } });
    expect(calls.filter((call) => call.startsWith('v1'))).toEqual([]);
    expect(calls).toHaveLength(20);
    expect(of(records, 'v1').every(({ source, score, latencyMs, costUsd }) => source === 'cached' && score === 1 && latencyMs === null && costUsd === 0.001)).toBe(true);
    expect(of(records, 'v3').every(({ source, score, latencyMs }) => source === 'asked' && score === 1 && latencyMs === null)).toBe(true);
  });

  it('asks both the items that are to be fresh, and measures these alone', async () => {
    const cache = new InMemoryAnswerCache();
    await run({ ...scripted(right), items: items(20), cache });
    const seen: boolean[] = [];
    const { runner, calls } = scripted((version, question) => (question === 'question 1' && version === 'v1' ? 'another answer' : right(version, question)));
    const records = await run({ runner, items: items(20), cache, candidate: { versionId: 'v3', bundle }, freshItems: idsOf(items(5)), onAskedAgain: (isSame) => seen.push(isSame) });
    expect(calls.filter((call) => call.startsWith('v1'))).toHaveLength(5);
    expect(new Set(records.filter(({ latencyMs }) => latencyMs !== null).map(({ itemId }) => itemId))).toEqual(idsOf(items(5)));
    expect(seen.toSorted()).toEqual([false, true, true, true, true]);
    expect(of(records, 'v1').find(({ itemId }) => itemId === 'general-1')?.score).toBe(0);
  });

  it('asks anew where the item says something else, and of another version', async () => {
    const cache = new InMemoryAnswerCache();
    await run({ ...scripted(right), items: items(3), cache });
    const { runner, calls } = scripted(right);
    await run({ runner, items: items(3).map((item) => ({ ...item, prompt: `${item.prompt}!` })), cache });
    expect(calls).toHaveLength(6);
  });

  it('grades a cached answer by what the item expects today', async () => {
    const cache = new InMemoryAnswerCache();
    await run({ ...scripted(right), items: items(1), cache });
    const changed = items(1).map((item): SuiteItem => ({ ...item, expectation: { rule: 'same_answer', answer: 'corrected' } }));
    const records = await run({ ...scripted(right), items: changed, cache });
    expect(records.map(({ score, source }) => [score, source])).toEqual([[0, 'cached'], [0, 'cached']]);
  });

  it('keeps no fault', async () => {
    const cache = new InMemoryAnswerCache();
    await run({ ...scripted(away), items: items(3), cache });
    expect(cache.answers.size).toBe(0);
  });
});

describe('latencies', () => {
  it('are measured anew for both where a crash left one of a fresh pair', async () => {
    const stored: AnswerRecord[] = [{ versionId: 'v1', itemId: 'general-0', score: 1, latencyMs: 99, costUsd: 0, fault: null, reasons: [] }];
    const { runner, calls } = scripted(right);
    const records = await run({ runner, items: items(1), stored, freshItems: idsOf(items(1)) });
    expect(calls.toSorted()).toEqual(['v1 question 0', 'v2 question 0']);
    expect(records.map(({ latencyMs }) => latencyMs)).toEqual([3, 3]);
  });

  it('tell of an item that one version never answered', async () => {
    const { runner } = scripted((version, question) => (version === 'v2' ? away() : right(version, question)));
    const records = await run({ runner, items: items(1) });
    expect([of(records, 'v1')[0]?.latencyMs, of(records, 'v2')[0]?.latencyMs]).toEqual([3, null]);
  });
});

describe('what does not come', () => {
  const never = (): Promise<never> => new Promise(() => undefined);

  it('is missing after the time of an item, though the call itself never ends', async () => {
    const { runner } = scripted((version, question) => (question === 'question 1' && version === 'v2' ? never() : right(version, question)));
    const records = await run({ runner, items: items(4), timeLimitMs: 30 });
    expect(records.filter(({ score }) => score === null).map(({ versionId, itemId, fault }) => [versionId, itemId, fault])).toEqual([['v2', 'general-1', 'timeout']]);
  });

  it('does not hold up a service that stops', async () => {
    const stopping = new AbortController();
    setTimeout(() => stopping.abort(new Error('stopping')), 10);
    await expect(run({ ...scripted(never), items: items(4), timeLimitMs: 60_000, signal: stopping.signal })).rejects.toThrow('stopping');
  });

  it('is an outage of one version, though the other answers every time', async () => {
    const { runner } = scripted((version, question) => (version === 'v2' ? away() : right(version, question)));
    await expect(run({ runner, items: items(200) })).rejects.toBeInstanceOf(ProviderOutage);
  });
});

describe('scorers in a run', () => {
  const judge = (score: Scorer['score']): ScorerSet => new ScorerSet({ ofWorkload: { kind: 'judge' }, judge: { name: 'judge', version: 'j1', compares: true, score } });

  it('compare both answers at once, and are named on the records', async () => {
    const scorers = judge(async (_, replies) => replies.map(({ versionId }) => ({ score: versionId === 'v2' ? 1 : 0, reasons: [] })));
    const records = await run({ ...scripted(right), items: items(10), scorers });
    expect(of(records, 'v2').map(({ score, scorer }) => [score, scorer])).toEqual(Array.from({ length: 10 }, () => [1, { name: 'judge', version: 'j1' }]));
  });

  it('leave both without a score where one version did not answer', async () => {
    const { runner } = scripted((version, question) => (version === 'v2' ? away() : right(version, question)));
    const records = await run({ runner, items: items(1), scorers: judge(async () => Promise.reject(new Error('asked'))) });
    expect([of(records, 'v1')[0]?.fault, of(records, 'v2')[0]?.fault]).toEqual(['scoring:unpaired', 'connection']);
  });

  it('that hang leave the item missing', async () => {
    const records = await run({ ...scripted(right), items: items(1), scorers: judge(() => new Promise(() => undefined)), timeLimitMs: 30 });
    expect(records.map(({ score, fault }) => [score, fault])).toEqual([[null, 'scoring:timeout'], [null, 'scoring:timeout']]);
  });

  it('are waited out where their model is away, and asked nothing of the versions again', async () => {
    const cache = new InMemoryAnswerCache();
    const first = scripted(right);
    await expect(run({ ...first, items: items(60), cache, scorers: judge(async (_, replies) => replies.map(() => unscored('model_away'))) })).rejects.toBeInstanceOf(ProviderOutage);
    const asked = new Set(first.calls);
    const second = scripted(right);
    await run({ ...second, items: items(60), cache, scorers: judge(async (_, replies) => replies.map(() => ({ score: 0.5, reasons: [] }))) });
    expect(second.calls.filter((call) => asked.has(call))).toEqual([]);
    expect(first.calls.length + second.calls.length).toBe(120);
  });

  it('whose budget is used up are no outage', async () => {
    const records = await run({ ...scripted(right), items: items(60), scorers: judge(async (_, replies) => replies.map(() => unscored('month_budget'))) });
    expect(records.every(({ score, fault }) => score === null && fault === 'scoring:month_budget')).toBe(true);
  });
});
