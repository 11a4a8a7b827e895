import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { endedUncleanly } from './kafka-crash-recovery.js';
import { kafkaFilesOf } from './kafka-files.js';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'ratchet-kafka-'));
  await mkdir(kafkaFilesOf(dataDir).logDir, { recursive: true });
});

afterEach(async () => {
  await rm(dataDir, { recursive: true });
});

describe('a broker that starts', () => {
  it('has nothing to recover on new data', () => {
    expect(endedUncleanly(kafkaFilesOf(dataDir))).toBe(false);
  });

  it('has nothing to recover after it ended in order', async () => {
    const files = kafkaFilesOf(dataDir);
    await writeFile(files.startedBefore, '');
    await writeFile(join(files.logDir, '.kafka_cleanshutdown'), '');
    expect(endedUncleanly(files)).toBe(false);
  });

  it('recovers when it was started and left no mark of an orderly end', async () => {
    const files = kafkaFilesOf(dataDir);
    await writeFile(files.startedBefore, '');
    expect(endedUncleanly(files)).toBe(true);
  });
});
