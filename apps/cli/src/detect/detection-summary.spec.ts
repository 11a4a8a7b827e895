import { describe, expect, test } from '@jest/globals';
import type { Detection } from '@ratchet/signals';
import { DetectionSummary } from './detection-summary.js';

const detection = (id: number, fields: Partial<Detection> = {}): Detection => ({
  interactionId: `i${id}`, conversationId: `c${id}`, workload: 'support', query: 'where is it', response: 'There.', failureProbability: 0.1, failed: false, signals: [], terms: [], ...fields,
});
const failure = (id: number, name: Detection['signals'][number]['name'], probability = 0.9, fields: Partial<Detection> = {}): Detection =>
  detection(id, { failed: true, failureProbability: probability, signals: [{ name: 'thanks', strength: 1, evidence: {} }, { name, strength: 0.5, evidence: { next: 'no, not that' } }], ...fields });
const summaryOf = (found: readonly Detection[]): string => {
  const summary = new DetectionSummary();
  for (const one of found) summary.add(one);
  return summary.text();
};
const examplesOf = (text: string): string[] => [...text.matchAll(/^\d+\. (\S+)/gmu)].map(([, id]) => id as string);

describe('DetectionSummary', () => {
  test('counts failures in all, by signal and by workload', () => {
    const text = summaryOf([failure(1, 'correction'), failure(2, 'correction', 0.8, { workload: 'billing' }), detection(3), detection(4, { signals: [{ name: 'moved_on', strength: 1, evidence: {} }] })]);
    expect(text).toContain('2 of 4 interactions failed (50.0 %), in 4 conversations.');
    expect(text).toContain('about 2 failures are to be expected');
    expect(text).toMatch(/│ correction\s+│ 2\s+│ 2\s+│ 100\.0 %/u);
    expect(text).toMatch(/│ moved_on\s+│ 1\s+│ 0\s+│ 0\.0 %/u);
    expect(text).toMatch(/│ billing\s+│ 1\s+│ 1\s+│/u);
  });

  test('shows ten failures of many kinds, one of a conversation, the clearest first', () => {
    const many = [...Array.from({ length: 30 }, (_, i) => failure(i, 'correction', 0.9 + i / 1_000)), ...Array.from({ length: 3 }, (_, i) => failure(100 + i, 'escalation', 0.6)), failure(200, 'thumbs_down', 0.5), failure(29, 'correction', 0.5)];
    const examples = examplesOf(summaryOf(many));
    expect(examples).toHaveLength(10);
    expect(examples.slice(0, 7)).toEqual(['i29', 'i28', 'i27', 'i100', 'i101', 'i102', 'i200']);
    expect(new Set(examples).size).toBe(10);
  });

  test('says what showed it, and lets no text move the cursor', () => {
    const text = summaryOf([failure(1, 'correction', 0.9, { query: 'where\u001b[2J is\nit', response: 'x'.repeat(500) })]);
    expect(text).toContain('i1  probability 0.90, correction');
    expect(text).toContain('user:      where [2J is it');
    expect(text).toContain('then user: no, not that');
    expect(text).not.toMatch(/\u001b|x{161}/u);
  });

  test('is plain for an empty log', () => {
    expect(summaryOf([])).toContain('0 of 0 interactions failed (–)');
  });
});
