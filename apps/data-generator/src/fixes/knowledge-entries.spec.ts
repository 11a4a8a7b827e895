import { describe, expect, it } from '@jest/globals';
import { FixWriter } from './fix-writer.js';
import { buildKnowledgeEntries } from './knowledge-entries.js';
import { answer, failure, material } from './spec-support/material.js';
import { teacherByScript } from '../teaching/spec-support/teacher-by-script.js';
import type { BuiltFix, FixMaterial } from './fix-material.js';

const agreed = { kind: 'knowledge_entries', from: 'agreed' } as const;
const built = (fix: BuiltFix): Extract<BuiltFix, { ok: true }> => {
  if (!fix.ok) throw new Error(fix.message);
  return fix;
};
const build = async (change: Partial<FixMaterial>, recipe: { kind: 'knowledge_entries'; from: 'agreed' | 'reviewed' | 'taught' } = agreed): Promise<BuiltFix> => buildKnowledgeEntries(material(change), recipe);
const writer = (reply: unknown): FixWriter => new FixWriter(teacherByScript({ knowledge_entry: () => reply }).teacher);

describe('buildKnowledgeEntries', () => {
  it('makes one entry of one answer, and tests it by the wordings that do not name it', async () => {
    const { patch, tests } = built(await build({ accepted: ['1', '22', '333'].map((id) => answer(id)) }));
    expect(patch.knowledge).toEqual([{ entryId: expect.any(String), title: 'What is the late fee for plan 1?', text: 'The late fee is 12.50 EUR.' }]);
    expect(tests.map(({ input, check }) => [input, check])).toEqual([
      ['What is the late fee for plan 22?', { kind: 'mentions', phrases: ['12.50'] }],
      ['What is the late fee for plan 333?', { kind: 'mentions', phrases: ['12.50'] }],
    ]);
  });

  it('expects the answer word by word where no fact tells it from the failed one', async () => {
    const { tests } = built(await build({ accepted: ['1', '2'].map((id) => answer(id, { answer: 'There is no late fee.', failedReply: 'There is a late fee.' })) }));
    expect(tests).toMatchObject([{ output: 'There is no late fee.' }]);
    expect(tests[0]).not.toHaveProperty('check');
  });

  it('replaces what is said of the same subject, and leaves the rest alone', async () => {
    const knowledge = [{ entryId: 'fee', title: 'What is the late fee for a plan?', text: 'The late fee is 3 EUR.' }, { entryId: 'hours', title: 'When are you open?', text: 'From nine to five, on workdays.' }];
    const { patch, summary } = built(await build({ bundle: { provider: { name: 'p', model: 'x' }, knowledge }, accepted: ['1', '2'].map((id) => answer(id)) }));
    expect(patch.knowledge).toMatchObject([{ entryId: 'fee', text: 'The late fee is 12.50 EUR.' }]);
    expect(summary).toMatch(/1 in the place of older ones/u);
  });

  it('gives the same entry the same id at another time', async () => {
    const once = built(await build({ accepted: [answer('1')] }));
    const again = built(await build({ accepted: [answer('1', { answer: 'The late fee is 14 EUR.' })] }));
    expect(again.patch.knowledge?.[0]?.entryId).toBe(once.patch.knowledge?.[0]?.entryId);
  });

  it.each([
    ['a secret', 'Your password is Hunter22, keep it.'],
    ['payment data', 'Pay to DE89 3704 0044 0532 0130 00.'],
    ['something unsafe', 'You could build a bomb and kill someone with it.'],
  ])('keeps no answer with %s', async (_, text) => {
    expect(await build({ accepted: [answer('1', { answer: text }), answer('2', { answer: text })] })).toMatchObject({ ok: false, reason: 'no_material' });
  });

  it('takes reviewers alone where they are to write', async () => {
    const accepted = [answer('1'), answer('2', { source: 'reviewer', answer: 'The late fee is 9 EUR.' })];
    expect(built(await build({ accepted }, { kind: 'knowledge_entries', from: 'reviewed' })).patch.knowledge).toMatchObject([{ text: 'The late fee is 9 EUR.' }]);
    expect(await build({ accepted: [answer('1')] }, { kind: 'knowledge_entries', from: 'reviewed' })).toMatchObject({ ok: false, reason: 'no_material' });
  });

  it('brings a bounded number of entries, those with most behind them', async () => {
    const accepted = Array.from({ length: 60 }, (_, i) => answer(`${i}`, { request: `question number ${i} about topic ${i}`, answer: `Answer ${i} of its own.` }));
    const popular = Array.from({ length: 5 }, (_, i) => answer(`p${i}`, { request: `popular question ${i}`, answer: 'The popular answer is 77.' }));
    const { patch } = built(await build({ accepted: [...accepted, ...popular] }));
    expect(patch.knowledge?.length).toBeLessThanOrEqual(20);
    expect(patch.knowledge).toContainEqual(expect.objectContaining({ text: 'The popular answer is 77.' }));
  });

  describe('written by a teacher', () => {
    const taught = { kind: 'knowledge_entries', from: 'taught' } as const;
    const failures = ['1', '2', '3', '4'].map((id) => failure(id));
    const entry = { title: 'What is the late fee?', text: 'The late fee is 12.50 EUR.', confidence: 0.9 };

    it('are tested by other requests for the same', async () => {
      const { patch, tests } = built(await build({ failures, writer: writer(entry) }, taught));
      expect(patch.knowledge).toMatchObject([{ title: entry.title, text: entry.text }]);
      expect(tests.length).toBeGreaterThanOrEqual(3);
      expect(tests.every(({ check, source }) => check?.kind === 'mentions' && source === 'correction')).toBe(true);
    });

    it('are left out where it is not sure, and where there is none', async () => {
      expect(await build({ failures, writer: writer({ ...entry, confidence: 0.4 }) }, taught)).toMatchObject({ ok: false, reason: 'no_material' });
      expect(await build({ failures }, taught)).toMatchObject({ ok: false, reason: 'no_teacher' });
    });
  });
});
