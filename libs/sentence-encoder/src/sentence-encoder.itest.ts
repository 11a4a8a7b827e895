import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';

import { ensureEncoderFiles } from './encoder-files.js';
import { SENTENCE_DIMENSIONS, SentenceEncoder } from './sentence-encoder.js';

const cacheDir = fileURLToPath(new URL('../../../.ratchet', import.meta.url));
const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);

describe('SentenceEncoder', () => {
  let encoder: SentenceEncoder;
  const similarity = async (a: string, b: string): Promise<number> => dot(await encoder.encode(a), await encoder.encode(b));

  beforeAll(async () => {
    encoder = await SentenceEncoder.load(await ensureEncoderFiles({ cacheDir }));
  });
  afterAll(() => encoder.close());

  it.each([
    ['My parcel has not arrived yet.', 'Where is the package I ordered?', 'How do I change my password?'],
    ['I want my money back.', 'Can I get a refund?', 'What are your opening hours?'],
    ['The app keeps crashing when I open it.', 'Your program closes by itself as soon as it starts.', 'Which sizes do the shoes come in?'],
  ])('puts "%s" nearer to "%s" than to "%s"', async (text, paraphrase, unrelated) => {
    expect(await similarity(text, paraphrase)).toBeGreaterThan((await similarity(text, unrelated)) + 0.2);
  });

  it('gives vectors of 384 numbers and unit length, for an empty text too', async () => {
    for (const text of ['', 'hello', '你好 🙂', '\ud800']) {
      const vector = await encoder.encode(text);
      expect(vector).toHaveLength(SENTENCE_DIMENSIONS);
      expect(dot(vector, vector)).toBeCloseTo(1, 5);
    }
  });

  it('gives a text the same vector alone, in a batch and in company', async () => {
    const texts = ['hello', 'a much longer text that would be padded to if the two were computed together', 'refund?'];
    const batch = await encoder.encodeBatch(texts);
    const together = await Promise.all(texts.map((text) => encoder.encode(text)));
    for (const [i, text] of texts.entries()) {
      expect(Array.from(batch[i] ?? [])).toEqual(Array.from(await encoder.encode(text)));
      expect(Array.from(together[i] ?? [])).toEqual(Array.from(batch[i] ?? []));
    }
  });

  it('reads the first 128 tokens of a long text', async () => {
    const start = 'refund please '.repeat(63);
    expect(await similarity(start, `${start}and now about something else`)).toBeCloseTo(1, 5);
    expect(await similarity('refund please', 'refund please and now about something else')).toBeLessThan(0.95);
  });

  it('names the model by the hash of its file', () => {
    expect(encoder.id).toMatch(/^[0-9a-f]{64}$/u);
  });

  it('answers what was asked before it closes, and refuses what comes after', async () => {
    const second = await SentenceEncoder.load(await ensureEncoderFiles({ cacheDir }));
    const asked = second.encode('one last text');
    const closed = second.close();
    await expect(second.encode('too late')).rejects.toMatchObject({ code: 'closed' });
    expect(await asked).toHaveLength(SENTENCE_DIMENSIONS);
    await closed;
    await expect(second.close()).resolves.toBeUndefined();
  });
});
