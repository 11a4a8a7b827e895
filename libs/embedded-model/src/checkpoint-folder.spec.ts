import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { encodeCheckpoint } from './checkpoint-codec.js';
import { loadCheckpoint, saveCheckpoint } from './checkpoint-folder.js';
import { EmbeddedModel } from './embedded-model.js';
import { train } from './train.js';

const examples = ['card', 'order', 'parcel'].flatMap((thing) =>
  ['where is my', 'I lost my', 'tell me about the', 'help with a'].map((start) => ({ input: `${start} ${thing}`, output: `About ${thing}.` })),
);
const checkpoint = train({ examples });

describe('a checkpoint folder', () => {
  let parent: string;
  let folder: string;

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'ratchet-checkpoint-'));
    folder = join(parent, 'model');
  });

  afterEach(() => rm(parent, { recursive: true }));

  it('comes back with the same content, answers and hash', async () => {
    const hash = await saveCheckpoint({ folder, checkpoint });
    const loaded = await loadCheckpoint(folder);
    expect(loaded.contentHash).toBe(hash);
    expect(encodeCheckpoint(loaded.checkpoint).contentHash).toBe(hash);
    expect(new EmbeddedModel(loaded.checkpoint).predict('my card')).toEqual(new EmbeddedModel(checkpoint).predict('my card'));
    expect(await readdir(parent)).toEqual(['model']);
  });

  it('can be trained on exactly as the one in memory', async () => {
    await saveCheckpoint({ folder, checkpoint });
    const { checkpoint: base } = await loadCheckpoint(folder);
    const more = [{ input: 'open the door', output: 'Door.' }, { input: 'close the door', output: 'Door.' }];
    expect(encodeCheckpoint(train({ base, examples: more })).contentHash).toBe(encodeCheckpoint(train({ base: checkpoint, examples: more })).contentHash);
  });

  it('replaces an older checkpoint, but no folder of something else', async () => {
    await saveCheckpoint({ folder, checkpoint });
    const newer = train({ examples, seed: 9 });
    const hash = await saveCheckpoint({ folder, checkpoint: newer });
    expect((await loadCheckpoint(folder)).contentHash).toBe(hash);
    await writeFile(join(parent, 'precious.txt'), 'keep');
    await expect(saveCheckpoint({ folder: parent, checkpoint })).rejects.toThrow(/holds other files/u);
    expect(await readFile(join(parent, 'precious.txt'), 'utf8')).toBe('keep');
  });

  it('says that there is no model where there is none', async () => {
    await expect(loadCheckpoint(folder)).rejects.toMatchObject({ code: 'missing_checkpoint' });
  });

  it.each(['header.json', 'weights.bin', 'memory.json'])('refuses a folder whose %s was changed', async (file) => {
    await saveCheckpoint({ folder, checkpoint });
    const bytes = await readFile(join(folder, file));
    const at = Math.floor(bytes.length / 2);
    bytes[at] = (bytes[at] as number) ^ 1;
    await writeFile(join(folder, file), bytes);
    await expect(loadCheckpoint(folder)).rejects.toMatchObject({ code: 'corrupt_checkpoint' });
  });

  it('refuses a folder with a part missing, and one of another format', async () => {
    await saveCheckpoint({ folder, checkpoint });
    const header = JSON.parse(await readFile(join(folder, 'header.json'), 'utf8')) as object;
    await rm(join(folder, 'weights.bin'));
    await expect(loadCheckpoint(folder)).rejects.toThrow(/weights\.bin is missing/u);
    await saveCheckpoint({ folder, checkpoint });
    await writeFile(join(folder, 'header.json'), JSON.stringify({ ...header, features: 'h99' }));
    await expect(loadCheckpoint(folder)).rejects.toMatchObject({ code: 'incompatible_checkpoint' });
  });
});
