import { describe, expect, it } from '@jest/globals';
import type { DataRecipe } from '@ratchet/domain';
import { QualityCheck } from '../filters/quality-check.js';
import type { Candidate, SourceFailure } from '../generation/candidate.js';
import type { OpenOpportunity } from '../persistence/opportunity.repository.js';
import { allFit, teacherByScript, type Script, type ScriptedTeaching } from './spec-support/teacher-by-script.js';
import { teachOpportunity, type Lessons } from './teach-opportunity.js';

const wordings = ['please end the contract that I have with you', 'stop charging me, it is over', 'get rid of this thing I pay for', 'one too many for this test'];
const levels = (level: string, i: number): { request: string; answer: string } => ({ request: `${level} ${['alpha bravo charlie', 'delta echo foxtrot', 'golf hotel india'][i]} ${level} question about ending it`, answer: 'Open Plan.' });
const script: Script = {
  correction: () => ({ answer: 'Open Plan.', confidence: 0.9 }),
  critique: () => ({ score: 0.95, feedback: '' }),
  variations: () => ({ requests: wordings }),
  fit: allFit as never,
  augmentation: (({ number }: { number: number }) => ({ request: `augmented ${['kilo lima', 'mike november', 'oscar papa', 'quebec romeo'][number % 4]} wording ${number}`, answer: 'Open Plan.', confidence: 0.9 })) as never,
  evaluation: () => ({ examples: [levels('exam', 0), levels('exam', 1)] }),
  curriculum: (({ level }: { level: string }) => ({ examples: [0, 1, 2].map((i) => levels(level, i)) })) as never,
};
const failure: SourceFailure = { interactionId: 'i1', conversationId: 'c', query: 'cancel my plan', response: 'No idea.', signals: ['thumbs_down'], startedAtMs: 0 };
const opportunity: OpenOpportunity = {
  opportunityId: 'o', priority: 1, rootCauseReason: 'replies say that they do not know', analysisId: 'a', failuresAnalyzed: 10, representativeIds: ['i1'], interactionIds: ['i1'],
  commonPatterns: ['cancel'], clusterId: 'k', rootCause: 'knowledge_gap', fixType: 'knowledge_entries', strategy: null,
};
const taught: DataRecipe = { corrections: 'taught', variations: 3, augmentTo: 0, curriculum: false };
const agreed: Candidate = { input: failure.query, output: 'From people.', source: 'user_correction', confidence: 0.8, opportunityId: 'o', interactionIds: ['i1'], agreeingUsers: 3, state: 'accepted', reason: '3 users agree' };

const teach = async (change: Partial<DataRecipe> = {}, { own = script, fromPeople = [], member = failure, callsMax = 100, issuedBefore = { all: 0, curriculum: 0 } }: { own?: Script; fromPeople?: Candidate[]; member?: SourceFailure; callsMax?: number; issuedBefore?: { all: number; curriculum: number } } = {}): Promise<Lessons & ScriptedTeaching> => {
  const scripted = teacherByScript(own, { callsMax });
  const quality = new QualityCheck({ limits: { inputCharsMax: 2_000, outputCharsMax: 4_000 }, issuedTexts: [], issued: new Map(), failedAnswers: new Map() });
  quality.learn(fromPeople);
  const lessons = await teachOpportunity({ teacher: scripted.teacher, opportunity, recipe: { ...taught, ...change }, members: [member], fromPeople, quality, rules: { confidenceMin: 0.7, atOnce: 2 }, issuedBefore });
  return { ...lessons, ...scripted };
};

describe('teachOpportunity', () => {
  it('makes a correction that was criticised, and as many wordings as asked, with the same answer', async () => {
    const { candidates } = await teach();
    expect(candidates.map(({ source, output, state }) => [source, output, state])).toEqual([['correction', 'Open Plan.', 'accepted'], ...Array(3).fill(['variation', 'Open Plan.', 'accepted'])]);
    expect(candidates[0]?.confidence).toBe(0.95);
    expect(candidates[1]).toMatchObject({ parent: { input: 'cancel my plan' } });
    expect(candidates[1]?.teacherCalls?.length).toBe(4);
  });

  it('believes people before the teacher, and has only their answer reworded', async () => {
    const { candidates, asked } = await teach({}, { fromPeople: [agreed] });
    expect(candidates.map(({ source, output }) => [source, output])).toEqual(Array(3).fill(['variation', 'From people.']));
    expect(asked()).toEqual(['variations', 'fit']);
  });

  it.each(['agreed', 'spread'] as const)('writes no corrections where the strategy is %s', async (corrections) => {
    expect((await teach({ corrections })).asked()).toEqual([]);
    expect((await teach({ corrections }, { fromPeople: [agreed] })).candidates.map(({ source }) => source)).toEqual(Array(3).fill('variation'));
  });

  it('lets an unsure correction wait, and pays for no wording of it', async () => {
    const { candidates, asked } = await teach({}, { own: { ...script, critique: () => ({ score: 0.5, feedback: 'no' }), improvement: () => ({ answer: 'Open Plan.' }) } });
    expect(candidates.map(({ source, state }) => [source, state])).toEqual([['correction', 'waiting']]);
    expect(asked()).not.toContain('variations');
  });

  it('does not take for confirmation that the teacher repeats what one user wrote', async () => {
    const { candidates } = await teach({}, { member: { ...failure, correction: 'open  plan.' } });
    expect(candidates.map(({ state, reason }) => [state, reason])).toEqual([['waiting', 'the teacher repeats what too few users wrote']]);
  });

  it('leaves out a wording that no longer fits or repeats another', async () => {
    const own: Script = {
      ...script,
      variations: () => ({ requests: ['cancel my plan!', wordings[0], 'where do I see my invoices'] }),
      fit: (({ pairs }: { pairs: { request: string }[] }) => ({ verdicts: pairs.map(({ request }) => ({ fits: !request.includes('invoices'), confidence: 0.9, reason: '' })) })) as never,
    };
    const { candidates, rejected } = await teach({}, { own, fromPeople: [agreed] });
    expect(candidates.map(({ input }) => input)).toEqual([wordings[0]]);
    expect(rejected).toEqual(['near_duplicate', 'answer_does_not_fit']);
  });

  it('tops up to the number that the strategy asks for, what was issued before included', async () => {
    const { candidates, augmentation } = await teach({ augmentTo: 8 });
    expect([candidates.length, augmentation?.end]).toEqual([8, 'reached']);
    expect((await teach({ augmentTo: 8 }, { issuedBefore: { all: 6, curriculum: 0 } })).candidates).toHaveLength(4);
  });

  it('writes a learning path from easy to hard, and an evaluation set apart from it', async () => {
    const { candidates } = await teach({ curriculum: true, variations: 0 });
    const path = candidates.filter(({ source }) => source === 'curriculum');
    expect(path.filter(({ split }) => split === 'test').map(({ input }) => input.startsWith('exam'))).toEqual([true, true]);
    expect(path.filter(({ split }) => split === 'train').map(({ difficulty }) => difficulty)).toEqual([...Array(3).fill('easy'), ...Array(3).fill('medium'), ...Array(3).fill('hard')]);
    expect((await teach({ curriculum: true }, { issuedBefore: { all: 9, curriculum: 9 } })).asked()).not.toContain('curriculum');
  });

  it('lets no example train that the evaluation set holds, however the teacher disguises it', async () => {
    const exam = levels('exam', 0).request;
    const leaks = [exam, exam.toUpperCase(), `${exam}?!`, exam.replaceAll('a', 'а'), exam.replace('charlie', 'zulu'), exam.split(' ').join('  ')];
    const { candidates, rejected } = await teach({ curriculum: true, variations: 0 }, { own: { ...script, curriculum: () => ({ examples: leaks.map((request) => ({ request, answer: 'Open Plan.' })) }) } });
    expect(candidates.filter(({ source, split }) => source === 'curriculum' && split === 'train')).toEqual([]);
    expect(rejected.filter((reason) => reason === 'leaks_test_item')).toHaveLength(leaks.length * 3);
  });

  it('goes on with what it has when the budget ends', async () => {
    const { candidates, teacher } = await teach({}, { callsMax: 3 });
    expect(candidates.map(({ source }) => source)).toEqual(['correction', 'variation', 'variation', 'variation']);
    expect(candidates.slice(1).every(({ state, reason }) => state === 'waiting' && reason.startsWith('nobody has checked'))).toBe(true);
    expect(teacher.stop?.code).toBe('run_budget');
  });
});
