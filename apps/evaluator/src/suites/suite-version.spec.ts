import { describe, expect, it } from '@jest/globals';
import type { SuiteItem } from './suite-item.js';
import { suiteHashOf } from './suite-version.js';

const item: SuiteItem = { itemId: 'a', suite: 'general', category: 'c', prompt: 'one?', expectation: { rule: 'same_answer', answer: 'yes' } };
const items: readonly SuiteItem[] = [item, { ...item, itemId: 'b', scorer: { kind: 'json_schema', schema: { type: 'object', required: ['x'] } } }];
const changedLast = (change: Partial<SuiteItem>): SuiteItem[] => [item, { ...items[1], ...change } as SuiteItem];

describe('suiteHashOf', () => {
  it('is the same for the same items, however their fields are ordered', () => {
    expect(suiteHashOf(items)).toMatch(/^[0-9a-f]{64}$/u);
    expect(suiteHashOf(changedLast({ scorer: { schema: { required: ['x'], type: 'object' }, kind: 'json_schema' } }))).toBe(suiteHashOf(items));
    expect(suiteHashOf(changedLast({ generated: true }))).toBe(suiteHashOf(items));
  });

  it.each<[string, SuiteItem[]]>([
    ['order', items.toReversed()],
    ['an id', changedLast({ itemId: 'c' })],
    ['a prompt', changedLast({ prompt: 'two?' })],
    ['an expectation', changedLast({ expectation: { rule: 'same_answer', answer: 'no' } })],
    ['a scorer', changedLast({ scorer: undefined })],
    ['a category', changedLast({ category: 'd' })],
    ['the number of items', [item]],
  ])('is another one with another %s', (_, other) => {
    expect(suiteHashOf(other)).not.toBe(suiteHashOf(items));
  });
});
