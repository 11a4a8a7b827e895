import { describe, expect, it } from '@jest/globals';
import type { CycleRecord } from './audit.js';
import { chainAfter, verifyChain } from './audit-chain.js';
import type { ChainedRecord } from './audit-chain.js';

const recordOf = (cycleId: string): CycleRecord => ({
  cycle_id: cycleId,
  model: 'assistant',
  workload: 'default',
  trigger: 'scheduled',
  failures_analyzed: 3,
  data_generated: 2,
  training_config: { recipe: 'gentle' },
  evaluation_results: [],
  deployment_decision: 'promoted',
  rollback_events: [],
  human_approvals: [],
  timestamp: '2026-01-01T00:00:00Z',
});

const chain = (...ids: string[]): ChainedRecord[] => ids.reduce<ChainedRecord[]>((links, id) => [...links, chainAfter(links.at(-1), recordOf(id))], []);

describe('the audit chain', () => {
  it('accepts what was appended, and names its head', () => {
    const links = chain('a', 'b', 'c');
    expect(verifyChain(links)).toEqual({ valid: true, records: 3, head: links[2]?.hash });
    expect(verifyChain([])).toMatchObject({ valid: true, records: 0 });
  });

  it('does not depend on the order of keys in what the database gives back', () => {
    const [link] = chain('a') as [ChainedRecord];
    const shuffled = Object.fromEntries(Object.entries(link.record).reverse()) as unknown as CycleRecord;
    expect(verifyChain([{ ...link, record: shuffled }]).valid).toBe(true);
  });

  it('finds a changed record', () => {
    const links = chain('a', 'b', 'c');
    const changed = links.map((link, i) => (i === 1 ? { ...link, record: { ...link.record, deployment_decision: 'rejected' } } : link));
    expect(verifyChain(changed)).toMatchObject({ valid: false, sequence: 2 });
  });

  it('finds a changed record whose own hash was made to fit', () => {
    const links = chain('a', 'b', 'c');
    const forged = chainAfter(links[0], { ...recordOf('b'), failures_analyzed: 0 });
    expect(verifyChain([links[0] as ChainedRecord, forged, links[2] as ChainedRecord])).toMatchObject({ valid: false, sequence: 3 });
  });

  it('finds a removed, an inserted and a reordered record', () => {
    const [a, b, c] = chain('a', 'b', 'c') as [ChainedRecord, ChainedRecord, ChainedRecord];
    expect(verifyChain([a, c])).toMatchObject({ valid: false, sequence: 2 });
    expect(verifyChain([a, b, b, c])).toMatchObject({ valid: false, sequence: 3 });
    expect(verifyChain([b, a, c])).toMatchObject({ valid: false, sequence: 1 });
  });
});
