import { describe, expect, it } from '@jest/globals';
import { RatchetError } from '@ratchet/observability';
import type { SuiteItem } from '../suites/suite-item.js';
import type { AnswerRecord, VersionRunner } from './ask-version.js';
import { ProviderOutage, runSuite } from './run-suite.js';
import type { SuiteRun } from './run-suite.js';

const bundle = { provider: { name: 'p', model: 'm' } };
const incumbent = { versionId: 'v1', bundle };
const candidate = { versionId: 'v2', bundle };
const item = (n: number, suite: SuiteItem['suite'] = 'general'): SuiteItem => ({
  itemId: `${suite}-${n}`,
  suite,
  category: 'c',
  prompt: `question ${n}`,
  expectation: suite === 'safety' ? { rule: 'safe' } : { rule: 'same_answer', answer: `answer ${n}` },
});
const items = (count: number, suite?: SuiteItem['suite']): SuiteItem[] => Array.from({ length: count }, (_, n) => item(n, suite));
const fault = (retryable: boolean): RatchetError => new RatchetError({ code: 'connection', message: 'away', retryable });

/** Counts calls and how many are open at once; `answer` says what a version replies. */
const scripted = (answer: (versionId: string, question: string) => string | Error) => {
  const calls: string[] = [];
  let open = 0;
  const seen = { calls, openMax: 0 };
  const runner: VersionRunner = {
    complete: async ({ versionId, messages }) => {
      const question = messages.at(-1)?.content ?? '';
      calls.push(`${versionId} ${question}`);
      open += 1;
      seen.openMax = Math.max(seen.openMax, open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      const reply = answer(versionId, question);
      if (reply instanceof Error) throw reply;
      return { content: reply, finishReason: 'stop', latencyMs: 3, costUsd: 0.001 };
    },
  };
  return { runner, seen };
};

const right = (_: string, question: string): string => question.replace('question', 'answer');
const run = (changed: Partial<SuiteRun> & Pick<SuiteRun, 'runner' | 'items'>): SuiteRun => ({
  incumbent,
  candidate,
  stored: [],
  save: async () => undefined,
  concurrency: 4,
  signal: new AbortController().signal,
  onOutage: 'wait',
  retry: { attempts: 3, firstPauseMs: 0 },
  ...changed,
});

describe('runSuite', () => {
  it('asks both versions every item, and only the candidate the safety items', async () => {
    const { runner, seen } = scripted(right);
    const records = await runSuite(run({ runner, items: [...items(30), ...items(5, 'safety')] }));
    expect(records).toHaveLength(65);
    expect(seen.calls.filter((call) => call.startsWith('v1'))).toHaveLength(30);
    expect(records.every(({ score, latencyMs, costUsd }) => score === 1 && latencyMs === 3 && costUsd === 0.001)).toBe(true);
  });

  it('keeps to its concurrency and lets neither version always go first', async () => {
    const { runner, seen } = scripted(right);
    await runSuite(run({ runner, items: items(60), concurrency: 3 }));
    expect(seen.openMax).toBe(3);
    const firsts = items(60).map(({ prompt }) => seen.calls.find((call) => call.endsWith(` ${prompt}`))?.slice(0, 2));
    expect(new Set(firsts)).toEqual(new Set(['v1', 'v2']));
  });

  it('grades each version by its own answers', async () => {
    const { runner } = scripted((version, question) => (version === 'v1' ? 'I am not sure.' : right(version, question)));
    const records = await runSuite(run({ runner, items: items(10) }));
    expect(records.filter(({ versionId, score }) => versionId === 'v1' && score === 0)).toHaveLength(10);
    expect(records.filter(({ versionId, score }) => versionId === 'v2' && score === 1)).toHaveLength(10);
  });

  it('continues where a crash left off: stored answers are not asked again, stored faults are', async () => {
    const stored: AnswerRecord[] = [
      { versionId: 'v1', itemId: 'general-0', score: 1, latencyMs: 1, costUsd: 0, fault: null, reasons: [] },
      { versionId: 'v2', itemId: 'general-0', score: null, latencyMs: null, costUsd: null, fault: 'timeout', reasons: [] },
    ];
    const { runner, seen } = scripted(right);
    const records = await runSuite(run({ runner, items: items(1), stored }));
    expect(seen.calls).toEqual(['v2 question 0']);
    expect(records.map(({ score }) => score)).toEqual([1, 1]);
  });

  it('tries a passing fault again', async () => {
    let failures = 2;
    const { runner } = scripted((version, question) => (failures-- > 0 ? fault(true) : right(version, question)));
    const records = await runSuite(run({ runner, items: items(1), concurrency: 1 }));
    expect(records.every(({ score, fault: left }) => score === 1 && left === null)).toBe(true);
  });

  it('leaves the score missing where an item keeps failing, and does not repeat what cannot help', async () => {
    const { runner, seen } = scripted((version, question) => (question === 'question 3' ? fault(false) : right(version, question)));
    const records = await runSuite(run({ runner, items: items(6) }));
    expect(records.filter(({ score }) => score === null).map(({ itemId, fault: left }) => [itemId, left])).toEqual([['general-3', 'connection'], ['general-3', 'connection']]);
    expect(seen.calls.filter((call) => call.endsWith('question 3'))).toHaveLength(2);
  });

  it('stops at an outage with what it has saved, and gives up on the missing ones only when told so', async () => {
    const { runner } = scripted(() => fault(false));
    const saved: AnswerRecord[] = [];
    const save = async (records: readonly AnswerRecord[]): Promise<void> => void saved.push(...records);
    await expect(runSuite(run({ runner, items: items(100), save }))).rejects.toBeInstanceOf(ProviderOutage);
    expect(saved.length).toBeGreaterThanOrEqual(25);
    expect(saved.length).toBeLessThan(200);
    const records = await runSuite(run({ runner, items: items(100), onOutage: 'give_up' }));
    expect(records.filter(({ score }) => score === null)).toHaveLength(200);
  });

  it('stops in the middle when the service stops', async () => {
    const stopping = new AbortController();
    const { runner, seen } = scripted((version, question) => {
      if (question === 'question 5') stopping.abort(new Error('stopping'));
      return right(version, question);
    });
    await expect(runSuite(run({ runner, items: items(500), signal: stopping.signal }))).rejects.toThrow('stopping');
    expect(seen.calls.length).toBeLessThan(100);
  });

  it('saves every record exactly once', async () => {
    const saved: AnswerRecord[] = [];
    const { runner } = scripted(right);
    const records = await runSuite(run({ runner, items: items(350), save: async (some) => void saved.push(...some) }));
    expect(saved).toHaveLength(records.length);
    expect(new Set(saved.map(({ versionId, itemId }) => versionId + itemId)).size).toBe(700);
  });

  it('asks again at the end what a provider that was away for a moment has left without an answer', async () => {
    let asked = 0;
    const { runner } = scripted((version, question) => ((asked += 1) <= 40 && asked > 10 ? fault(true) : right(version, question)));
    const saved: AnswerRecord[] = [];
    const save = async (records: readonly AnswerRecord[]): Promise<void> => void saved.push(...records);
    const records = await runSuite(run({ runner, items: items(60), save, retry: { attempts: 3, firstPauseMs: 0, roundPausesMs: [0, 0] } }));
    expect(records).toHaveLength(120);
    expect(records.every(({ score, fault: kept }) => score === 1 && kept === null)).toBe(true);
    // Had all been answered at first, there would have been nothing to ask again.
    expect(saved.some(({ fault: kept }) => kept === 'connection')).toBe(true);
  });

  it.each([
    ['that are given so many rounds in vain', { code: 'connection', retryable: true }, 3],
    ['of requests that are refused', { code: 'refused', retryable: false }, 1],
    ['of answers that take too long', { code: 'timeout', retryable: true }, 1],
  ])('lets faults stay %s', async (_, kind, rounds) => {
    const { runner, seen } = scripted((version, question) => (question === 'question 3' ? new RatchetError({ message: 'no', ...kind }) : right(version, question)));
    const records = await runSuite(run({ runner, items: items(20), retry: { attempts: 1, firstPauseMs: 0, roundPausesMs: [0, 0] } }));
    expect(records.filter(({ fault: kept }) => kept !== null).map(({ itemId, fault: kept }) => `${itemId} ${kept}`)).toEqual([`general-3 ${kind.code}`, `general-3 ${kind.code}`]);
    expect(seen.calls.filter((call) => call === 'v2 question 3')).toHaveLength(rounds);
  });
});
