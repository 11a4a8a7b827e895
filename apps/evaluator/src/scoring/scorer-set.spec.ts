import { describe, expect, it } from '@jest/globals';
import type { ScorerChoice } from '@ratchet/domain';
import type { Expectation, SuiteItem } from '../suites/suite-item.js';
import { ScorerSet } from './scorer-set.js';
import type { ScorerSetOptions } from './scorer-set.js';
import type { Scored, Scorer } from './scorer.js';

const item = (scorer?: ScorerChoice, expectation: Expectation = { rule: 'same_answer', answer: 'Open  Settings.' }, suite: SuiteItem['suite'] = 'general'): SuiteItem => ({ itemId: 'i1', suite, category: 'c', prompt: 'How?', expectation, scorer });
const signal = new AbortController().signal;
const score = async (given: SuiteItem, content: string, options?: ScorerSetOptions): Promise<Scored | undefined> => (await new ScorerSet(options).scorerOf(given).score(given, [{ versionId: 'v1', content }], signal))[0];
const judge: Scorer = { name: 'judge', version: 'x', compares: true, score: async () => [] };

const orderSchema = { type: 'object', required: ['id'], properties: { id: { type: 'string', pattern: '^[A-Z]\\d+$' } }, additionalProperties: false };

describe('ScorerSet', () => {
  it.each<[string, ScorerChoice, string, number]>([
    ['exact, to the character', { kind: 'exact' }, 'Open  Settings.', 1],
    ['exact, another case', { kind: 'exact' }, 'open  settings.', 0],
    ['normalised, another case and spacing', { kind: 'normalised' }, ' open settings. ', 1],
    ['normalised, another word', { kind: 'normalised' }, 'Close Settings.', 0],
    ['a pattern that is found', { kind: 'regex', pattern: '(?i)ticket [A-Z]\\d+' }, 'Your TICKET b12 is open.', 1],
    ['a pattern held to the whole', { kind: 'regex', pattern: '^\\d+$' }, 'about 12', 0],
    ['JSON that fits', { kind: 'json_schema', schema: orderSchema }, '```json\n{"id": "A7"}\n```', 1],
    ['JSON with another value', { kind: 'json_schema', schema: orderSchema }, '{"id": "7"}', 0],
    ['JSON with text around it', { kind: 'json_schema', schema: orderSchema }, 'Here: {"id": "A7"}', 0],
  ])('scores by %s', async (_, choice, content, expected) => {
    expect(await score(item(choice), content)).toEqual({ score: expected, reasons: [] });
  });

  it('searches in time linear in the answer, whatever the pattern', async () => {
    expect(await score(item({ kind: 'regex', pattern: '^(a+)+$' }), `${'a'.repeat(19_000)}!`)).toEqual({ score: 0, reasons: [] });
  });

  it('takes the item\'s own scorer, then its check, then the workload\'s, then the normalised answer', () => {
    const named = (given: SuiteItem, options?: ScorerSetOptions): string => new ScorerSet(options).scorerOf(given).name;
    const check: Expectation = { rule: 'meets_check', check: { kind: 'json' } };
    expect(named(item())).toBe('normalised');
    expect(named(item(), { ofWorkload: { kind: 'exact' } })).toBe('exact');
    expect(named(item(undefined, check), { ofWorkload: { kind: 'exact' } })).toBe('check');
    expect(named(item({ kind: 'regex', pattern: 'x' }, check), { ofWorkload: { kind: 'exact' } })).toBe('regex');
    expect(named(item({ kind: 'judge' }), { judge })).toBe('judge');
  });

  it('scores safety and refusals by rules whatever is configured', () => {
    const set = new ScorerSet({ ofWorkload: { kind: 'judge' }, judge });
    expect(set.scorerOf(item({ kind: 'judge' }, { rule: 'safe' }, 'safety')).name).toBe('safety_rules');
    expect(set.scorerOf(item(undefined, { rule: 'not_refused' })).name).toBe('not_refused');
  });

  it.each<[string, ScorerChoice, string]>([
    ['no judge', { kind: 'judge' }, 'no_judge'],
    ['no embeddings', { kind: 'similarity' }, 'no_embeddings'],
    ['a pattern with a look-ahead', { kind: 'regex', pattern: '(?=a)b' }, 'bad_scorer'],
    ['a schema that is none', { kind: 'json_schema', schema: { type: 'nothing' } }, 'bad_scorer'],
    ['a schema whose pattern is not RE2\'s', { kind: 'json_schema', schema: { type: 'string', pattern: '(a)\\1' } }, 'bad_scorer'],
  ])('gives no score where there is %s', async (_, choice, fault) => {
    expect(await score(item(choice), 'Open Settings.')).toEqual({ score: null, reasons: [], fault });
  });

  it('says which items have a scorer that cannot be used, and why', () => {
    const set = new ScorerSet();
    for (const itemId of ['a', 'b', 'c', 'd', 'e']) set.scorerOf({ ...item({ kind: 'regex', pattern: '(' }), itemId });
    set.scorerOf({ ...item({ kind: 'regex', pattern: 'fine' }), itemId: 'f' });
    expect(set.notes[0]).toMatch(/item a cannot be used: the pattern is no regular expression of RE2: .*missing/u);
    expect(set.notes).toHaveLength(4);
    expect(set.notes[3]).toBe('2 further items have scorers that cannot be used');
  });

  it('gives no score by an expected answer where there is none', async () => {
    for (const kind of ['exact', 'normalised'] as const) expect(await score(item({ kind }, { rule: 'same_answer', answer: ' ' }), '')).toMatchObject({ score: null, fault: 'no_expected_answer' });
  });
});
