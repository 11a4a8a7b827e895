// Goal: the worked example of docs/concepts/experiments.md is what the code says.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { pooledZTest } from '@ratchet/stats';
import { noCounts } from './experiment-counts.js';
import { readOut } from './read-out.js';

const page = readFileSync(new URL('../../../../docs/concepts/experiments.md', import.meta.url), 'utf8');
const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;

describe('docs/concepts/experiments.md', () => {
  it('shows the interval of the last of five looks', () => {
    const { verdict, reading } = readOut({
      counts: { treatment: { ...noCounts, units: 1000, failed: 80 }, control: { ...noCounts, units: 1000, failed: 160 }, segments: [], lastDataAt: 1 },
      plan: { type: 'fixed', unitsPerArm: 1000, looks: 5 }, shares: { share: 0.5, controlShare: 0.5 }, alpha: 0.05, margin: 0.05, fractions: [0.2, 0.4, 0.6, 0.8, 1], mayAdjust: true, isLast: true,
    });
    expect(verdict).toBe('treatment_wins');
    expect(page).toContain(`treatment minus control is ${percent(reading.difference)}, between ${percent(reading.lower)} and ${percent(reading.upper)}.`);
  });

  it('shows the p-value of an ordinary test at the first look', () => {
    expect(page).toContain(`With 34 against 20 failures in 200 each, at the first look, an ordinary test says p = ${pooledZTest({ x1: 34, n1: 200, x2: 20, n2: 200 }).p.toFixed(2)}`);
  });
});
