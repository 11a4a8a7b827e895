import { describe, expect, it } from '@jest/globals';
import { candidateJudged } from '@ratchet/domain';
import { gateConfigSchema } from '@ratchet/gates';
import { composeSafetySet } from '../safety/compose-safety-set.js';
import { loadSafetyTemplates } from '../safety/safety-templates.js';
import { assembleSuite } from '../suites/assemble-suite.js';
import type { Suite, SuiteSources } from '../suites/assemble-suite.js';
import type { SuiteItem, SuiteRow } from '../suites/suite-item.js';
import type { AnswerRecord } from './ask-version.js';
import { conclude, leaked, notJudgeable, superseded } from './conclude.js';
import type { Verdict } from './conclude.js';
import { versionsToAsk } from './run-suite.js';

const bundle = { provider: { name: 'p', model: 'm' } };
const judgement = { cycleId: 'cycle-1', model: 'assistant', workload: 'default', versionId: 'v2', baseVersionId: 'v1', datasetIds: ['t'] };
const shipped = composeSafetySet(loadSafetyTemplates());
const rows = (datasetId: string, count: number): SuiteRow[] =>
  Array.from({ length: count }, (_, i) => ({ datasetId, exampleId: `${i}`, input: `${datasetId} ${i}`, output: 'right', category: `category ${i % 10}`, opportunityId: null }));
const suiteOf = (changed: Partial<SuiteSources> = {}): Suite => assembleSuite({ target: rows('t', 200), general: rows('g', 2_400), fixed: [], importedSafety: [], shipped, maxItems: 20_000, ...changed });

const numberOf = ({ itemId }: SuiteItem): number => Number(itemId.split(':').at(-1));
/** Records as a run leaves them; `score` decides each answer. */
const record = (suite: Suite, score: (versionId: string, item: SuiteItem) => number | null): AnswerRecord[] =>
  suite.items.flatMap((item) =>
    versionsToAsk({ item, incumbent: { versionId: 'v1', bundle }, candidate: { versionId: 'v2', bundle } }).map(({ versionId }): AnswerRecord => {
      const value = score(versionId, item);
      return { versionId, itemId: item.itemId, score: value, latencyMs: null, costUsd: value === null ? null : 0.001, fault: value === null ? 'timeout' : null, reasons: value === 0 && item.suite === 'safety' ? ['contains a secret'] : [] };
    }),
  );
const judge = (suite: Suite, score: (versionId: string, item: SuiteItem) => number | null): Verdict => conclude({ judgement, suite, answers: record(suite, score), config: gateConfigSchema.parse({}) });
const gate = (verdict: Verdict, name: string): string | undefined => verdict.gates.find((one) => one.name === name)?.verdict;

/** The candidate learnt the target; the incumbent gets half of it. */
const better = (versionId: string, item: SuiteItem): number => (item.suite === 'target' && versionId === 'v1' && numberOf(item) % 2 === 0 ? 0 : 1);

describe('conclude', () => {
  const suite = suiteOf();

  it('passes a candidate that is better on the target, no worse elsewhere, and safe', () => {
    // Latency is resampled, which takes a second: only this case has any.
    const answers = record(suite, better).map((answer) => ({ ...answer, latencyMs: 10 }));
    const verdict = conclude({ judgement, suite, answers, config: gateConfigSchema.parse({}) });
    expect(verdict).toMatchObject({ outcome: 'passed', cycleId: 'cycle-1', version: 'v2', baseVersion: 'v1' });
    expect(verdict.gates.map(({ name, verdict: one }) => [name, one])).toEqual([
      ['target_improvement', 'passed'], ['no_regression', 'passed'], ['safety_pass', 'passed'], ['latency_acceptable', 'passed'], ['cost_acceptable', 'passed'],
    ]);
  });

  it('is an event that its schema accepts', () => {
    expect(candidateJudged.schema.safeParse({ ...judge(suite, better), judgedAt: '2026-01-01T00:00:00Z' }).error).toBeUndefined();
  });

  it('says which suite it rests on', () => {
    const { evidence } = conclude({ judgement, suite, leakedItemIds: ['general:g:1'], answers: [], config: gateConfigSchema.parse({}) });
    expect(evidence).toEqual({ suiteHash: expect.stringMatching(/^[0-9a-f]{64}$/u), items: suite.counts, leaked: 1, leakedItemIds: ['general:g:1'], scorers: [] });
    expect(conclude({ judgement, suite: suiteOf({ target: rows('t', 199) }), answers: [], config: gateConfigSchema.parse({}) }).evidence?.suiteHash).not.toBe(evidence?.suiteHash);
  });

  it('fails a candidate unasked where its training held test items, and names a hundred of them at most', () => {
    const leakedItemIds = Array.from({ length: 130 }, (_, i) => `target:t:${i}`);
    const verdict = leaked(judgement, suite, { leakedItemIds, failure: '130 of 200 target items are among the examples' });
    expect(verdict).toMatchObject({ outcome: 'failed', gates: [], message: expect.stringContaining('130 of 200'), evidence: { leaked: 130, leakedItemIds: leakedItemIds.slice(0, 100) } });
    expect(candidateJudged.schema.safeParse({ ...verdict, judgedAt: '2026-01-01T00:00:00Z' }).error).toBeUndefined();
  });

  it('fails a candidate that forgot a category', () => {
    const verdict = judge(suite, (versionId, item) => (versionId === 'v2' && item.category === 'category 3' && item.suite === 'general' && numberOf(item) % 20 === 3 ? 0 : better(versionId, item)));
    expect(verdict.outcome).toBe('failed');
    expect(gate(verdict, 'no_regression')).toBe('failed');
  });

  it('does not pass a candidate with unsafe answers, and says why they are unsafe', () => {
    const verdict = judge(suite, (versionId, item) => (item.suite === 'safety' && item.category === 'weapons' ? 0 : better(versionId, item)));
    expect(verdict.outcome).toBe('failed');
    expect(verdict.message).toMatch(/unsafe answers by reason: contains a secret: 200/u);
  });

  it('never passes on answers that are missing, and counts them', () => {
    const verdict = judge(suite, (versionId, item) => (versionId === 'v2' && item.suite === 'general' && numberOf(item) % 8 === 0 ? null : better(versionId, item)));
    expect(verdict.outcome).toBe('insufficient');
    expect(verdict.message).toMatch(/could not be had from the provider \(timeout: \d+\)/u);
  });

  it('counts an item that was never asked as missing, not as right', () => {
    const verdict = conclude({ judgement, suite, answers: [], config: gateConfigSchema.parse({}) });
    expect(verdict.outcome).toBe('insufficient');
    expect(verdict.gates.every(({ verdict: one }) => one === 'insufficient')).toBe(true);
  });

  it('is insufficient without a general suite, and says how to import one', () => {
    const verdict = judge(suiteOf({ general: [] }), better);
    expect(verdict.outcome).toBe('insufficient');
    expect(gate(verdict, 'no_regression')).toBe('insufficient');
    expect(verdict.message).toContain('npx ratchet dataset import');
  });

  it('fails a candidate that broke what an earlier cycle had repaired', () => {
    const fixed = rows('f', 150).map((row) => ({ ...row, opportunityId: 'opp-9' }));
    const verdict = judge(suiteOf({ fixed }), (versionId, item) => (versionId === 'v2' && item.category === 'fixed:opp-9' && numberOf(item) % 5 === 0 ? 0 : better(versionId, item)));
    expect(gate(verdict, 'no_regression')).toBe('failed');
    expect(verdict.gates[1]?.categories?.[0]).toMatchObject({ category: 'fixed:opp-9', harmed: true });
  });
});

describe('verdicts without a suite run', () => {
  it('name the version that serves now, or what is missing', () => {
    expect(superseded(judgement, 'v3')).toMatchObject({ outcome: 'superseded', gates: [] });
    expect(superseded(judgement, 'v3').message).toContain('v3 serves now');
    expect(notJudgeable(judgement, ['version v2 was never published'])).toMatchObject({ outcome: 'insufficient' });
  });
});
