import { describe, expect, it } from '@jest/globals';
import type { GateResult } from '@ratchet/domain';
import { awaitsOf } from './awaits.js';

const gates = [{ name: 'no_regression', required: true, verdict: 'insufficient', value: null, halfWidth: null, n: 10, threshold: 0.98, message: '' }] as GateResult[];
const config = { GATE_INSUFFICIENT: 'more_data', GATE_INSUFFICIENT_WORKLOADS: { contracts: 'person' } } as const;

describe('what a verdict waits for', () => {
  it.each([
    ['insufficient', 'contracts', 'person'],
    ['insufficient', 'support', 'more_data'],
    // A name that every object knows is no workload of its own.
    ['insufficient', 'constructor', 'more_data'],
    ['failed', 'contracts', undefined],
    ['passed', 'contracts', undefined],
    ['superseded', 'contracts', undefined],
  ] as const)('%s of %s: %s', (outcome, workload, awaits) => {
    expect(awaitsOf(config, { outcome, workload, gates })).toBe(awaits);
  });

  it('asks nobody about a candidate that no gate has looked at', () => {
    expect(awaitsOf(config, { outcome: 'insufficient', workload: 'contracts', gates: [] })).toBe('more_data');
  });
});
