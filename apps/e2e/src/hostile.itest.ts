// Goal: whatever comes in, by whatever door, is taken, refused, or set aside, and nothing falls. Method: the program behind
// `npm run verify -- hostile` with few inputs: services as processes of the built code, and what was sent compared with what came of it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runHostile, type HostileReport } from './doors/hostile/run-hostile.js';

const INPUTS = 2_000;
const SEED = 20_260_302;
const dataDir = mkdtempSync(join(tmpdir(), 'ratchet-hostile-'));
let report: HostileReport;

beforeAll(async () => {
  report = await runHostile({ root: fileURLToPath(new URL('../../../', import.meta.url)), dataDir, seed: SEED, inputs: INPUTS, say: () => undefined });
}, 240_000);
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

describe('hostile input', () => {
  it('is answered by every door, and never with a fault of ours', () => {
    expect(report.problems).toEqual([]);
    expect(Object.keys(report.doors).sort()).toEqual(['chat/completions', 'events', 'feedback', 'handoff', 'otlp_spans', 'ratchet.interactions.v1', 'raw bytes', 'traces']);
  });

  it('adds up: what was taken is in the log once, what cannot be read is set aside, and no service ended', () => {
    expect(report.sums.map(({ what, counted }) => [what, counted])).toEqual(report.sums.map(({ what, expected }) => [what, expected]));
    expect(report.sums.slice(0, 4).every(({ counted }) => counted > 0)).toBe(true);
  });
});
