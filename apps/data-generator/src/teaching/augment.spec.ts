import { describe, expect, it } from '@jest/globals';
import type { Candidate } from '../generation/candidate.js';
import type { RejectionReason } from '../filters/quality-filter.js';
import { augment, type Augmented } from './augment.js';
import { allFit, teacherByScript, type Script } from './spec-support/teacher-by-script.js';

const source = (input: string, confidence = 1): Candidate => ({ input, output: `answer to ${input}`, source: 'user_correction', confidence, opportunityId: 'o', interactionIds: [`of ${input}`], state: 'accepted', reason: 'r' });
const sources = [source('cancel my plan'), source('change my plan'), source('where is my invoice')];
const script: Script = { augmentation: ({ request, change, number }: { request: string; change: string; number: number }) => ({ request: `${change} ${request} ${number}`, answer: `new answer ${number}`, confidence: 0.95 }), fit: allFit as never };
const run = async (wanted: number, { change = {}, check = () => undefined, from = sources, callsMax = 1_000, repeatsMax = 0 }: { change?: Script; check?: (candidate: Candidate) => RejectionReason | undefined; from?: Candidate[]; callsMax?: number; repeatsMax?: number } = {}): Promise<Augmented & { asked: string[] }> => {
  const { teacher, asked } = teacherByScript({ ...script, ...change }, { callsMax });
  return { ...(await augment({ teacher, opportunityId: 'o', sources: from, wanted, repeatsMax, qualityCheck: check, confidenceMin: 0.7, atOnce: 4 })), asked: asked() };
};

describe('augment', () => {
  it('reaches its target with all five kinds and edge cases', async () => {
    const { candidates, end } = await run(60);
    expect([candidates.length, end]).toEqual([60, 'reached']);
    expect(new Set(candidates.map(({ augmentation }) => augmentation))).toEqual(new Set(['paraphrase', 'add_complexity', 'reduce_complexity', 'add_constraint', 'change_domain', 'edge_case']));
    expect(new Set(candidates.map(({ parent }) => parent?.input)).size).toBe(3);
  });

  it('keeps the answer where the meaning stays, and says where each comes from', async () => {
    for (const { augmentation, output, parent, difficulty, interactionIds, teacherCalls, confidence } of (await run(40)).candidates) {
      const keeps = augmentation === 'paraphrase' || augmentation === 'add_complexity' || augmentation === 'reduce_complexity';
      expect(output === parent?.output).toBe(keeps);
      expect(difficulty === 'easy').toBe(augmentation === 'reduce_complexity');
      expect(interactionIds).toEqual([`of ${parent?.input}`]);
      expect(teacherCalls).toHaveLength(2);
      expect(confidence).toBeLessThan(1);
    }
  });

  it('ends where nearly all is rejected, and counts why', async () => {
    const { candidates, rejected, attempts, end } = await run(100, { check: () => 'near_duplicate' });
    expect([candidates.length, end]).toEqual([0, 'too_few_accepted']);
    expect(attempts).toBeLessThanOrEqual(16);
    expect(rejected).toHaveLength(attempts);
  });

  it('ends after three attempts for each example wanted', async () => {
    let n = 0;
    const { attempts, end, candidates } = await run(30, { check: () => ((n += 1) % 4 === 0 ? undefined : 'near_duplicate') });
    expect(end).toBe('attempts_used_up');
    expect(attempts).toBeGreaterThanOrEqual(90);
    expect(candidates.length).toBeLessThan(30);
  });

  it('ends with the teacher, and keeps what there is', async () => {
    const { candidates, end, asked } = await run(50, { callsMax: 11 });
    expect(end).toBe('teacher_stopped');
    expect(asked).toHaveLength(11);
    expect(candidates.length).toBeGreaterThan(4);
  });

  it('leaves out what no longer fits its answer, and lets wait what nobody checked', async () => {
    const refused = await run(3, { change: { fit: (({ pairs }: { pairs: unknown[] }) => ({ verdicts: pairs.map(() => ({ fits: false, confidence: 1, reason: 'other meaning' })) })) as never } });
    expect(refused.candidates).toEqual([]);
    expect(new Set(refused.rejected)).toEqual(new Set(['answer_does_not_fit']));
    const unchecked = await run(3, { change: { fit: (() => ({ verdicts: [] })) as never } });
    expect(unchecked.candidates.every(({ state }) => state === 'waiting')).toBe(true);
  });

  it('asks the same again after a crash, so that nothing is paid for twice', async () => {
    const [one, two] = [await run(10), await run(10)];
    expect(two.candidates).toEqual(one.candidates);
  });

  it('goes past what earlier runs issued to what they did not, and no further than that where all is a repetition', async () => {
    let n = 0;
    const topUp = await run(2, { check: () => ((n += 1) <= 20 ? 'already_issued' : undefined), repeatsMax: 20 });
    expect([topUp.candidates.length, topUp.end, topUp.attempts]).toEqual([2, 'reached', 2]);
    expect(await run(2, { check: () => 'already_issued', repeatsMax: 20 })).toMatchObject({ candidates: [], end: 'attempts_used_up', attempts: 6 });
  });

  it('has nothing to do without examples or without a wish', async () => {
    expect(await run(5, { from: [] })).toMatchObject({ end: 'nothing_to_augment', asked: [] });
    expect(await run(0)).toMatchObject({ end: 'reached', asked: [] });
    expect(await run(-3)).toMatchObject({ end: 'reached', asked: [] });
  });
});
