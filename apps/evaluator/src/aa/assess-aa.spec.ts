import { describe, expect, it } from '@jest/globals';
import { gateConfigSchema } from '@ratchet/gates';
import { RatchetError } from '@ratchet/observability';
import { seededRandom } from '@ratchet/stats';
import type { VersionRunner } from '../judging/ask-version.js';
import { runSuite } from '../judging/run-suite.js';
import type { SuiteItem } from '../suites/suite-item.js';
import { assessAa } from './assess-aa.js';
import type { AaAssessment } from './assess-aa.js';
import { aaShares, simulateAa, SOUND } from './spec-support/simulate-aa.js';

const gateConfig = gateConfigSchema.parse({});
const bundle = { provider: { name: 'p', model: 'm' } };
const items: SuiteItem[] = Array.from({ length: 300 }, (_, n) => ({ itemId: `i${n}`, suite: 'general', category: `c${n % 3}`, prompt: `question ${n}`, expectation: { rule: 'same_answer', answer: `answer ${n}` } }));

/** Through the very code that asks and grades in a judgement. */
const check = async (answer: (side: string, question: string) => string | Error): Promise<AaAssessment> => {
  const runner: VersionRunner = {
    complete: async ({ versionId, messages }) => {
      const reply = answer(versionId, messages.at(-1)?.content ?? '');
      if (reply instanceof Error) throw reply;
      return { content: reply, finishReason: 'stop', latencyMs: 5 };
    },
  };
  const answers = await runSuite({
    items, incumbent: { versionId: 'one', bundle }, candidate: { versionId: 'two', bundle }, runner, stored: [], save: async () => undefined,
    concurrency: 4, signal: new AbortController().signal, onOutage: 'give_up', retry: { attempts: 1, firstPauseMs: 0 },
  });
  const side = (name: string) => new Map(answers.filter(({ versionId }) => versionId === name).map((one) => [one.itemId, one]));
  return assessAa({ items, first: side('one'), second: side('two'), gateConfig });
};

const right = (question: string): string => question.replace('question', 'answer');
const away = new RatchetError({ code: 'connection', message: 'away', retryable: false });

describe('a version judged against itself', () => {
  it('is clean where it answers the same twice, right or wrong', async () => {
    expect(await check((_, question) => (question.endsWith('7') ? 'wrong' : right(question)))).toMatchObject({ outcome: 'clean', scored: 300, faults: 0, findings: [] });
  });

  it('is clean where a tenth of its answers changes by chance', async () => {
    const random = seededRandom(4);
    expect((await check((_, question) => (random() < 0.05 ? 'wrong' : right(question)))).outcome).toBe('clean');
  });

  it('is different where one side is judged worse, whichever', async () => {
    for (const side of ['one', 'two']) {
      const { outcome, message } = await check((versionId, question) => (versionId === side && /[12]$/u.test(question) ? 'wrong' : right(question)));
      expect(outcome).toBe('different');
      expect(message).toContain(`the ${side === 'one' ? 'second' : 'first'} time, the version scored higher: score`);
      expect(message).toContain(`the ${side === 'one' ? 'first' : 'second'} time, the version scored lower in c`);
    }
  });

  it('is different where a single category is judged worse', async () => {
    const { findings } = await check((versionId, question) => (versionId === 'two' && Number(question.slice(9)) % 3 === 1 && /[1-3]$/u.test(question) ? 'wrong' : right(question)));
    expect(findings).toContainEqual(expect.stringMatching(/^the second time, the version scored lower in c1 -\d+\.\d ± \d+\.\d points \(n=100\)$/u));
  });

  it('is incomplete where the provider is away, and clean where it failed a few times', async () => {
    expect(await check((_, question) => (/[1-3]$/u.test(question) ? away : right(question)))).toMatchObject({ outcome: 'incomplete', faults: 90 });
    expect(await check((_, question) => (question.endsWith(' 11') ? away : right(question)))).toMatchObject({ outcome: 'clean', faults: 1, scored: 299 });
  });

  it('is different where answers got lost, or came and were not scored', () => {
    const answers = (count: number, score: number | null) => new Map(items.slice(0, count).map(({ itemId }) => [itemId, { versionId: 'v', itemId, score, latencyMs: 5, costUsd: null, fault: null, reasons: [] }]));
    expect(assessAa({ items, first: answers(300, 1), second: answers(299, 1), gateConfig }).message).toContain('1 of 300 items have no record of an answer');
    expect(assessAa({ items, first: answers(300, 1), second: answers(300, null), gateConfig }).message).toContain('300 of 300 items were answered but have no score');
  });

  it('is incomplete without anything to ask', () => {
    expect(assessAa({ items: [], first: new Map(), second: new Map(), gateConfig }).outcome).toBe('incomplete');
  });
});

describe('A/A checks over many simulated versions', () => {
  it('hardly ever raise a false alarm where a tenth of the scores flips', () => {
    expect(aaShares({ runs: 40, seed: 1 }, { ...SOUND, items: 300, categories: 6, slowdown: null }).different).toBeLessThan(0.05);
  });

  it('mostly find a judge that takes five points from one side', () => {
    expect(aaShares({ runs: 20, seed: 1 }, { ...SOUND, bias: 0.05, slowdown: null }).different).toBeGreaterThan(0.7);
  });

  it('find a side that is slower by half', () => {
    expect(simulateAa(seededRandom(1), { ...SOUND, slowdown: 1.5 }).findings).toEqual([expect.stringContaining('the second time, the version was slower: p95 latency')]);
  });
});
