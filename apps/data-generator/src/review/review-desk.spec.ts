import { describe, expect, it } from '@jest/globals';
import type { Waiting } from '../generation/assemble-dataset.js';
import { admit, reviewersNeededFor } from './review-desk.js';

const waiting = (exampleId: string, opportunityId: string, confidence: number, agreeingUsers?: number): Waiting => ({
  exampleId,
  candidate: { input: 'q', output: 'a', source: 'correction', confidence, opportunityId, interactionIds: [], state: 'waiting', reason: '', ...(agreeingUsers !== undefined && { agreeingUsers }) },
});
const idsOf = (admitted: readonly Waiting[]): string[] => admitted.map(({ exampleId }) => exampleId);
const room = { known: new Set<string>(), byOpportunity: new Map<string, number>(), perTargetMax: 100, perOpportunityMax: 100 };

describe('admit', () => {
  it('takes the most worthwhile first, as many as an opportunity and a target have room for', () => {
    const given = [waiting('a', 'o1', 0.2), waiting('b', 'o1', 0.9), waiting('c', 'o1', 0.1, 2), waiting('d', 'o2', 0.3)];
    expect(idsOf(admit(given, { ...room, perOpportunityMax: 2 }))).toEqual(['c', 'b', 'd']);
    expect(idsOf(admit(given, { ...room, byOpportunity: new Map([['o3', 2]]), perTargetMax: 3 }))).toEqual(['c']);
  });

  it('never turns out what waits already', () => {
    expect(idsOf(admit([waiting('a', 'o1', 0.1)], { ...room, known: new Set(['a']), byOpportunity: new Map([['o1', 5]]), perOpportunityMax: 1 }))).toEqual(['a']);
  });
});

describe('reviewersNeededFor', () => {
  it('asks two for about the share, always the same items', () => {
    const ids = Array.from({ length: 2_000 }, (_, i) => `example ${i}`);
    const two = ids.filter((id) => reviewersNeededFor(id, 0.1) === 2);
    expect(two.length).toBeGreaterThan(140);
    expect(two.length).toBeLessThan(260);
    expect(ids.filter((id) => reviewersNeededFor(id, 0.1) === 2)).toEqual(two);
    expect(ids.some((id) => reviewersNeededFor(id, 0) === 2)).toBe(false);
  });
});
