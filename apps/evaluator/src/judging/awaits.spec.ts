import { describe, expect, it } from '@jest/globals';
import { awaitsOf } from './awaits.js';

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
    expect(awaitsOf(config, { outcome, workload })).toBe(awaits);
  });
});
