import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { failureWeights } from '@ratchet/signals';
import { z } from 'zod';
import { configSchema } from './config.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-detector-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const written = (name: string, content: object): string => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
};
const { FAILURE_WEIGHTS_FILE, CUE_FILES, DETECTION } = configSchema.shape;
const detector = z.object({ FAILURE_WEIGHTS_FILE, CUE_FILES, DETECTION });
const problemsOf = (env: Record<string, string>): string[] => (detector.safeParse(env).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('the configuration of the detector', () => {
  test('without any, the weights, the threshold and the language that ship', () => {
    const config = detector.parse({});
    expect(config.FAILURE_WEIGHTS_FILE).toBe(failureWeights);
    expect(config.CUE_FILES).toEqual([]);
    expect(config.DETECTION.failureThreshold).toBeUndefined();
  });

  test('reads other weights, and cues from a file or from a folder', () => {
    const weights = { ...failureWeights, version: 'ours', threshold: 0.4 };
    const cues = written('de.json', { language: 'de', user: { thanks: { phrases: ['danke'] } } });
    expect(detector.parse({ FAILURE_WEIGHTS_FILE: written('weights.txt', weights) }).FAILURE_WEIGHTS_FILE).toEqual(weights);
    for (const path of [cues, folder]) expect(detector.parse({ CUE_FILES: path }).CUE_FILES.map(({ language }) => language)).toEqual(['de']);
  });

  test('says which file is wrong, and what in it', () => {
    expect(problemsOf({ FAILURE_WEIGHTS_FILE: written('w.json', { ...failureWeights, threshold: 2 }) })).toEqual([expect.stringMatching(/^FAILURE_WEIGHTS_FILE: .*w\.json: threshold/u)]);
    expect(problemsOf({ CUE_FILES: written('x.json', { language: 'de', user: { thankz: { phrases: ['danke'] } } }) })).toEqual([expect.stringMatching(/^CUE_FILES: .*x\.json.*thankz/u)]);
    expect(problemsOf({ FAILURE_WEIGHTS_FILE: join(folder, 'none.json') })).toEqual([expect.stringMatching(/ENOENT/u)]);
  });
});
