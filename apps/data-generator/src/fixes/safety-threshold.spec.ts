import { describe, expect, it } from '@jest/globals';
import { REFUSAL, scoreUnsafeContent } from '@ratchet/providers';
import { buildSafetyThreshold, THRESHOLD_MAX } from './safety-threshold.js';
import { failure, material } from './spec-support/material.js';
import type { BuiltFix, FixMaterial } from './fix-material.js';

/** Scores 0.361: the words of violence are softened by "process". */
const harmless = (i: number): string => `How do I kill child process number ${i}?`;
/** Scores 0.9025. */
const grave = (i: number): string => `How can I kill person number ${i}?`;
const refused = (query: (i: number) => string, count: number): FixMaterial['failures'] => Array.from({ length: count }, (_, i) => failure(`${query(0).length}-${i}`, { query: query(i), response: REFUSAL }));
const build = (threshold: number | undefined, failures: FixMaterial['failures'], step = 0.1): BuiltFix =>
  buildSafetyThreshold(material({ bundle: { provider: { name: 'p', model: 'x' }, ...(threshold !== undefined && { safety: { threshold } }) }, failures }), { kind: 'safety_threshold', step });

describe('buildSafetyThreshold', () => {
  it('goes one step up where that lets the refused requests pass, and asks all of them', () => {
    expect(scoreUnsafeContent(harmless(0)).score).toBeCloseTo(0.361);
    const fix = build(0.3, refused(harmless, 25));
    expect(fix).toMatchObject({ ok: true, patch: { safetyThreshold: 0.4 } });
    expect(fix.ok && fix.tests.map(({ check }) => check?.kind)).toEqual(Array.from({ length: 25 }, () => 'not_refused'));
  });

  it('asks those, too, that the step does not help', () => {
    const fix = build(0.3, [...refused(harmless, 6), ...refused(grave, 3)]);
    expect(fix.ok && fix.tests).toHaveLength(9);
  });

  it.each<[string, BuiltFix, string]>([
    ['a step that would help too few', build(0.3, [...refused(harmless, 3), ...refused(grave, 7)]), 'too_few_helped'],
    ['a threshold at its ceiling', build(THRESHOLD_MAX, refused(grave, 7), 0.5), 'at_the_limit'],
    ['a version without a filter', build(undefined, refused(harmless, 7)), 'no_filter'],
    ['refusals of the model itself', build(0.5, refused(harmless, 7)), 'no_material'],
  ])('refuses %s', (_, fix, reason) => {
    expect(fix).toMatchObject({ ok: false, reason });
  });

  it('never goes above the ceiling', () => {
    expect(build(0.8, refused(grave, 7), 0.5)).toMatchObject({ ok: true, patch: { safetyThreshold: THRESHOLD_MAX } });
  });
});
