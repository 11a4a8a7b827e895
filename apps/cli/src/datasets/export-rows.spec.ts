import { describe, expect, it } from '@jest/globals';
import type { Example } from '@ratchet/domain';
import { exportedRow } from './export-rows.js';

const example = (differs: Partial<Example> = {}): Example => ({ exampleId: 'a', input: 'question', output: 'Right.', source: 'user_correction', split: 'train', confidence: 1, lineage: { interactionIds: ['i1', 'i2'] }, ...differs });
const [user, right, wrong] = [{ role: 'user', content: 'question' }, { role: 'assistant', content: 'Right.' }, { role: 'assistant', content: 'Wrong.' }];
const none = new Map<string, string>();
const known = new Map([['i2', 'Wrong.']]);

describe('a line of a training file', () => {
  it.each([
    ['supervised', 'sft', 'openai', { messages: [user, right] }],
    ["a preference under OpenAI's names", 'dpo', 'openai', { input: { messages: [user] }, preferred_output: [right], non_preferred_output: [wrong] }],
    ['a preference under the names of open trainers', 'dpo', 'chosen', { prompt: [user], chosen: [right], rejected: [wrong] }],
  ] as const)('is %s', (_, format, fields, row) => {
    expect(exportedRow(example(), { format, fields, failedAnswers: known })).toEqual({ row });
  });

  it('takes the failed answer that the example carries before that of an interaction', () => {
    expect(exportedRow(example({ rejectedOutput: 'Own.' }), { format: 'dpo', fields: 'chosen', failedAnswers: known })).toMatchObject({ row: { rejected: [{ content: 'Own.' }] } });
  });

  it.each([
    ['no failed answer is known', none],
    ['the failed answer is the right one', new Map([['i1', ' right. ']])],
    ['the model said nothing', new Map([['i1', ' ']])],
  ])('is left out of preferences where %s', (_, failedAnswers) => {
    expect(exportedRow(example(), { format: 'dpo', fields: 'openai', failedAnswers })).toEqual({ left: 'no_failed_answer' });
  });

  it('is left out where it breaks the schema', () => {
    expect(exportedRow(example({ input: '  ' }), { format: 'sft', fields: 'openai', failedAnswers: none })).toEqual({ left: 'not_valid' });
  });
});
