import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { encodeCheckpoint } from './checkpoint-codec.js';
import { loadCheckpoint, saveCheckpoint } from './checkpoint-folder.js';
import type { Checkpoint } from './checkpoint.js';
import { EmbeddedModel } from './embedded-model.js';
import { encodeSentences, type SentenceSource, type SentenceVectors, textsToEncode } from './sentence-vectors.js';
import { train } from './train.js';
import type { TrainingExample } from './training-example.js';

const MEANINGS = [['parcel', 'package', 'delivery'], ['money', 'cash', 'refund'], ['door', 'gate', 'entrance']];

/** The twin of an encoder: one dimension a meaning, and one for texts without any. */
class MeaningSource implements SentenceSource {
  readonly dimensions = MEANINGS.length + 1;
  readonly asked: string[] = [];
  constructor(readonly id: string = 'meanings') {}

  async encode(text: string): Promise<Float32Array> {
    this.asked.push(text);
    const counts = MEANINGS.map((words) => words.filter((word) => text.includes(word)).length);
    const vector = Float32Array.of(...counts, counts.some((count) => count > 0) ? 0 : 1);
    return vector.map((value) => value / Math.hypot(...vector));
  }
}

const about = (thing: string, output: string): TrainingExample[] => ['where is my', 'I lost my', 'tell me about the', 'help with a'].map((start) => ({ input: `${start} ${thing}`, output }));
const examples = [...about('parcel', 'About parcels.'), ...about('money', 'About money.')];
const sentencesFor = async (source: SentenceSource, inputs: { examples: readonly TrainingExample[]; base?: Checkpoint }): Promise<SentenceVectors> => encodeSentences({ source, texts: textsToEncode({ ...inputs, seed: 1 }) });

describe('a model with sentence vectors', () => {
  const source = new MeaningSource();
  let base: Checkpoint;
  beforeEach(async () => {
    base = train({ examples, sentences: await sentencesFor(source, { examples }) });
  });

  it('answers what shares a meaning but no n-gram with what it learnt', async () => {
    const model = new EmbeddedModel(base);
    for (const [text, answer] of [['cash?', 'About money.'], ['delivery!', 'About parcels.']] as const) {
      expect(model.predict(text, await source.encode(text)).output).toBe(answer);
    }
  });

  it('refuses to answer without the vector of the text', () => {
    expect(() => new EmbeddedModel(base).predict('cash?')).toThrow(expect.objectContaining({ code: 'missing_sentence' }));
  });

  it('goes on with the encoder that it began with, and with no other', async () => {
    const more = about('door', 'About doors.');
    expect(() => train({ base, examples: more })).toThrow(expect.objectContaining({ code: 'missing_encoder' }));
    const other = await sentencesFor(new MeaningSource('others'), { examples: more, base });
    expect(() => train({ base, examples: more, sentences: other })).toThrow(/one here is others/u);
    const grown = train({ base, examples: more, sentences: await sentencesFor(source, { examples: more, base }) });
    expect(new EmbeddedModel(grown).predict('entrance?', await source.encode('entrance?')).output).toBe('About doors.');
  });

  it('asks for nothing that its base keeps the vectors of', () => {
    const known = new Set([...base.replay.entries(), ...base.heldOut].map(({ text }) => text));
    expect(textsToEncode({ examples, base, seed: 1 }).filter((text) => known.has(text))).toEqual([]);
    expect(textsToEncode({ examples: about('door', 'x'), base, seed: 1 })).toEqual(expect.arrayContaining(['where is my door']));
  });

  it('stays without them where its base had none', async () => {
    const grams = train({ examples });
    const more = about('door', 'About doors.');
    const grown = train({ base: grams, examples: more, sentences: await sentencesFor(source, { examples: more, base: grams }) });
    expect(grown.encoder).toBeNull();
    expect(encodeCheckpoint(grown).contentHash).toBe(encodeCheckpoint(train({ base: grams, examples: more })).contentHash);
  });

  describe('in a folder', () => {
    let parent: string;
    beforeEach(async () => {
      parent = await mkdtemp(join(tmpdir(), 'ratchet-sentences-'));
    });
    afterEach(() => rm(parent, { recursive: true }));

    it('comes back with its vectors, and can be trained on as the one in memory', async () => {
      const folder = join(parent, 'model');
      const contentHash = await saveCheckpoint({ folder, checkpoint: base });
      const loaded = await loadCheckpoint(folder);
      expect(loaded.contentHash).toBe(contentHash);
      expect(loaded.checkpoint.encoder).toEqual({ id: 'meanings', dimensions: 4 });
      const more = about('door', 'About doors.');
      const hashes = await Promise.all([base, loaded.checkpoint].map(async (start) => encodeCheckpoint(train({ base: start, examples: more, sentences: await sentencesFor(source, { examples: more, base: start }) })).contentHash));
      expect(hashes[0]).toBe(hashes[1]);
    });

    it('is refused where its vectors were changed or are gone', async () => {
      const folder = join(parent, 'model');
      await saveCheckpoint({ folder, checkpoint: base });
      await writeFile(join(folder, 'sentences.bin'), Buffer.alloc(16));
      await expect(loadCheckpoint(folder)).rejects.toMatchObject({ code: 'corrupt_checkpoint' });
      await rm(join(folder, 'sentences.bin'));
      await expect(loadCheckpoint(folder)).rejects.toMatchObject({ code: 'corrupt_checkpoint' });
    });
  });
});
