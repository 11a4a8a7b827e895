import { describe, expect, it } from '@jest/globals';
import { seededRandom } from './random.js';
import { drawBalanced, ReplayBuffer } from './replay-buffer.js';

const fill = (buffer: ReplayBuffer, classIndex: number, count: number): void => {
  const random = seededRandom(classIndex + 1);
  for (let i = 0; i < count; i += 1) buffer.offer({ text: `text ${classIndex}-${i}`, classIndex }, random);
};

describe('ReplayBuffer', () => {
  it('keeps at most its share of each class, however many come', () => {
    const buffer = new ReplayBuffer(20);
    fill(buffer, 0, 10_000);
    fill(buffer, 1, 5);
    expect(buffer.entries().filter(({ classIndex }) => classIndex === 0)).toHaveLength(20);
    expect(buffer.entries().filter(({ classIndex }) => classIndex === 1)).toHaveLength(5);
    expect(buffer.seen()).toEqual([[0, 10_000], [1, 5]]);
  });

  it('samples uniformly: early and late examples are kept alike', () => {
    const buffer = new ReplayBuffer(2_000);
    fill(buffer, 0, 10_000);
    const early = buffer.entries().filter(({ text }) => Number(text.split('-')[1]) < 5_000).length;
    expect(early).toBeGreaterThan(900);
    expect(early).toBeLessThan(1_100);
  });

  it('forgets a text that is now taught another answer, and only that', () => {
    const buffer = new ReplayBuffer(20);
    fill(buffer, 0, 3);
    expect(buffer.dropContradicted(new Map([['text 0-1', 7], ['text 0-2', 0]]))).toEqual(new Map([[0, 1]]));
    expect(buffer.entries().map(({ text }) => text)).toEqual(['text 0-0', 'text 0-2']);
  });

  it('comes back as it was stored', () => {
    const buffer = new ReplayBuffer(3);
    fill(buffer, 2, 9);
    fill(buffer, 1, 2);
    const restored = ReplayBuffer.restore({ perClass: 3, seen: buffer.seen(), entries: buffer.entries() });
    expect(restored.entries()).toEqual(buffer.entries());
    expect(restored.seen()).toEqual(buffer.seen());
  });
});

describe('drawBalanced', () => {
  const items = [0, 0, 0, 0, 0, 0, 1, 1].map((classIndex, i) => ({ classIndex, i }));

  it('takes evenly from each class', () => {
    const drawn = drawBalanced({ items, count: 4, random: seededRandom(1) });
    expect(drawn.filter(({ classIndex }) => classIndex === 1)).toHaveLength(2);
    expect(new Set(drawn).size).toBe(4);
  });

  it('repeats items rather than falling short of the wanted ratio', () => {
    expect(drawBalanced({ items, count: 20, random: seededRandom(1) })).toHaveLength(20);
    expect(drawBalanced({ items: [], count: 20, random: seededRandom(1) })).toEqual([]);
  });
});
