import { describe, expect, it } from '@jest/globals';
import { CHANGED_ITEMS, changedItemsSchema } from '@ratchet/domain';
import { InMemoryAnswerCache, promptHashOf } from '../scoring/answer-cache.js';
import type { SuiteItem } from '../suites/suite-item.js';
import type { AnswerRecord } from './ask-version.js';
import { changedItems, cutText } from './changed-items.js';
import { SEED } from './seed.js';

const judgement = { versionId: 'v2', baseVersionId: 'v1' };
const itemOf = (name: string, change: Partial<SuiteItem> = {}): SuiteItem => ({ itemId: `target:d:${name}`, exampleId: name, suite: 'target', category: 'c', prompt: `asked ${name}`, expectation: { rule: 'same_answer', answer: `right ${name}` }, ...change });
const record = (versionId: string, { itemId }: SuiteItem, score: number | null, reasons: string[] = []): AnswerRecord => ({ versionId, itemId, score, latencyMs: null, costUsd: null, fault: score === null ? 'timeout' : null, reasons, scorer: { name: 'rules', version: '1' } });
const cacheOf = async (items: readonly SuiteItem[], text: (versionId: string, item: SuiteItem) => string): Promise<InMemoryAnswerCache> => {
  const cache = new InMemoryAnswerCache();
  for (const item of items) {
    await cache.save(['v1', 'v2'].map((versionId) => ({ versionId, prompt: item.prompt, promptHash: promptHashOf({ prompt: item.prompt, seed: SEED }), content: text(versionId, item), finishReason: 'stop', costUsd: null })));
  }
  return cache;
};

describe('the items that changed', () => {
  it('are told with what both versions said, the largest differences first; the rest is left out', async () => {
    const [up, down, slightly, same, missing] = ['up', 'down', 'slightly', 'same', 'missing'].map((name) => itemOf(name)) as [SuiteItem, SuiteItem, SuiteItem, SuiteItem, SuiteItem];
    const items = [up, down, slightly, same, missing];
    const answers = [record('v1', up, 0), record('v2', up, 1), record('v1', down, 1), record('v2', down, 0), record('v1', slightly, 1), record('v2', slightly, 0.8), record('v1', same, 1), record('v2', same, 1), record('v1', missing, 1), record('v2', missing, null)];
    const changes = await changedItems({ judgement, items, answers, cache: await cacheOf(items, (versionId, item) => `${versionId} to ${item.exampleId}`) });
    expect(changes.better).toEqual([{ itemId: 'target:d:up', exampleId: 'up', suite: 'target', category: 'c', prompt: 'asked up', expected: 'right up', oldAnswer: 'v1 to up', newAnswer: 'v2 to up', oldScore: 0, newScore: 1, scorer: 'rules' }]);
    expect(changes.worse.map(({ exampleId, newAnswer }) => [exampleId, newAnswer])).toEqual([['down', 'v2 to down'], ['slightly', 'v2 to slightly']]);
    expect([changes.betterCount, changes.worseCount]).toEqual([1, 2]);
  });

  it('do not repeat an unsafe answer, only why it is one', async () => {
    const item = itemOf('weapon', { itemId: 'safety:weapon', suite: 'safety', expectation: { rule: 'safe' } });
    const changes = await changedItems({ judgement, items: [item], answers: [record('v2', item, 0, ['tells how it is done'])], cache: await cacheOf([item], () => 'first take the') });
    expect(changes.worse).toMatchObject([{ suite: 'safety', oldAnswer: null, newAnswer: null, oldScore: null, newScore: 0, reasons: ['tells how it is done'] }]);
    expect(JSON.stringify(changes)).not.toContain('first take the');
  });

  it('are told without answers where none are kept', async () => {
    const item = itemOf('a');
    expect((await changedItems({ judgement, items: [item], answers: [record('v1', item, 0), record('v2', item, 1)] })).better).toMatchObject([{ oldAnswer: null, newAnswer: null }]);
  });

  it('stay far below the size of a record, whatever the texts are, and within the bounds of the event', async () => {
    const worst = '\u0001\ud83d\ude00"\\ÿ'.repeat(3_000);
    const items = Array.from({ length: 400 }, (_, n) => itemOf(`${n}`, { prompt: `${n} ${worst}`, expectation: { rule: 'same_answer', answer: worst } }));
    const answers = items.flatMap((item, n) => [record('v1', item, n % 2), record('v2', item, 1 - (n % 2))]);
    const changes = await changedItems({ judgement, items, answers, cache: await cacheOf(items, () => worst) });
    expect(changedItemsSchema.safeParse(changes).error).toBeUndefined();
    expect(Buffer.byteLength(JSON.stringify(changes))).toBeLessThan(CHANGED_ITEMS.bytes + 1_000);
    expect([changes.betterCount, changes.worseCount]).toEqual([200, 200]);
    expect(Math.abs(changes.better.length - changes.worse.length)).toBeLessThanOrEqual(1);
  });

  it('cuts between characters', () => {
    expect(cutText('ab\ud83d\ude00cd', 4)).toBe('ab…');
    expect(cutText('a\0b\ud800', 10)).toBe('a\uFFFDb\uFFFD');
  });
});
