import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { checkStructured, decodeMessage, topics } from '@ratchet/contracts';
import { seededRandom } from '@ratchet/testing';
import { HostileInputs } from './hostile-inputs.js';

const NOW_MS = 1_772_442_000_000;
const inputsOf = (seed: number): HostileInputs => new HostileInputs(seededRandom(seed), NOW_MS);
const many = <T>(make: () => T, length = 300): T[] => Array.from({ length }, make);

describe('hostile inputs', () => {
  it('are the same for the same seed', () => {
    const [a, b, c] = [1, 1, 2].map((seed) => {
      const inputs = inputsOf(seed);
      const hash = createHash('sha256');
      many(() => hash.update(JSON.stringify([inputs.events(), inputs.otlp(), inputs.record(), inputs.otlpRecord(), inputs.chat(), inputs.feedbackOrHandoff()])), 40);
      return hash.digest('hex');
    });
    expect(a).toBe(b);
    expect(a).not.toBe(c);
  });

  it('are good and bad in one mixture: a test of the one alone would prove nothing of the other', () => {
    const inputs = inputsOf(3);
    const records = many(() => inputs.record()).map((record) => decodeMessage(record as Parameters<typeof decodeMessage>[0], topics.interactions.name).ok);
    const events = many(() => inputs.events()).flatMap(({ body }) => {
      try {
        const value = JSON.parse(body.toString()) as unknown;
        return (Array.isArray(value) ? value : [value]).map((one) => checkStructured(one).ok);
      } catch {
        return [false];
      }
    });
    for (const verdicts of [records, events]) {
      const good = verdicts.filter(Boolean).length / verdicts.length;
      expect(good).toBeGreaterThan(0.1);
      expect(good).toBeLessThan(0.9);
    }
  });
});
