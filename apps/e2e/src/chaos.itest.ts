// Goal: whatever happens to processes and broker, nothing is lost and nothing is counted twice. Method: the program of `npm run chaos`, in
// its short form, as a process; what it found is read from its report.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestProcess } from '@ratchet/testing';
import type { ChaosReport } from './chaos/run-chaos.js';

const folder = mkdtempSync(join(tmpdir(), 'ratchet-chaos-report-'));
const SEED = 3;
let report: ChaosReport;
let said = '';

beforeAll(async () => {
  const file = join(folder, 'report.json');
  const script = fileURLToPath(new URL('../dist/chaos/main.js', import.meta.url));
  const chaos = startTestProcess({ script, args: ['--short', '--seed', String(SEED), '--report', file] });
  const code = await chaos.ended();
  said = chaos.output();
  if (code !== 0 && code !== 1) throw new Error(`the run ended with ${code}:\n${said.slice(-6_000)}`);
  report = JSON.parse(readFileSync(file, 'utf8')) as ChaosReport;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the product under disturbance', () => {
  it('has lost every process, and the broker, while traffic came in', () => {
    expect(Object.values(report.kills).every((kills) => kills >= 1)).toBe(true);
    expect(report.interruptions).toMatchObject({ brokerKills: 1, zombies: 1 });
    expect(report.traffic.conversations).toBeGreaterThan(50);
  });

  it('gives what it gives when nothing disturbs it', () => {
    expect(report.comparisons.map(({ name, differences }) => ({ name, differences }))).toEqual(report.comparisons.map(({ name }) => ({ name, differences: [] })));
    const compared = Object.fromEntries(report.comparisons.map(({ name, compared: count }) => [name, count]));
    expect(compared['signals and failures: id, time and content']).toBeGreaterThan(100);
    expect(compared['vitals: sums by key']).toBeGreaterThan(50);
  });
});
