import { beforeEach, describe, expect, test } from '@jest/globals';
import { Logger, Metrics } from '@ratchet/observability';
import { PrefetchedEmbedding } from './prefetched-embedding.js';

describe('PrefetchedEmbedding', () => {
  let asked: string[][];
  let failing: boolean;
  let nowMs: number;
  const make = (textsMax = 100): PrefetchedEmbedding =>
    new PrefetchedEmbedding({
      name: 'wire/small', textsMax, logger: Logger.silent(), metrics: new Metrics(), nowMs: () => nowMs,
      embed: async (texts) => {
        asked.push([...texts]);
        if (failing) throw new Error('away');
        return texts.map((text) => Float32Array.of(text.length));
      },
    });

  beforeEach(() => {
    [asked, failing, nowMs] = [[], false, 0];
  });

  test('fetches every text once, and knows it then', async () => {
    const embedding = make();
    await embedding.prefetch(['a', 'bb', 'a']);
    await embedding.prefetch(['bb', 'ccc']);
    expect(asked).toEqual([['a', 'bb'], ['ccc']]);
    expect([embedding.embed('bb'), embedding.embed('dddd')]).toEqual([Float32Array.of(2), undefined]);
  });

  test('forgets the text that was not used for longest', async () => {
    const embedding = make(2);
    await embedding.prefetch(['a', 'bb']);
    await embedding.prefetch(['a', 'ccc']);
    expect(['a', 'bb', 'ccc'].map((text) => embedding.embed(text) !== undefined)).toEqual([true, false, true]);
  });

  test('goes on without vectors when the provider fails, and asks it again only after a while', async () => {
    const embedding = make();
    failing = true;
    await embedding.prefetch(['a']);
    await embedding.prefetch(['bb']);
    expect(asked).toEqual([['a']]);
    expect(embedding.embed('a')).toBeUndefined();
    failing = false;
    nowMs = 30_000;
    await embedding.prefetch(['a']);
    expect(embedding.embed('a')).toEqual(Float32Array.of(1));
  });
});
