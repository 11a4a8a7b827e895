import { describe, expect, it } from '@jest/globals';
import { generateWithCritique } from './self-critique.js';
import { teacherByScript, type ScriptedTeaching } from './spec-support/teacher-by-script.js';

const question = { request: 'cancel my plan', failedReply: 'No idea.', feedback: 'it says that it does not know' };
/** Critics give these scores in turn. */
const scored = (scores: number[], callsMax = 100): ScriptedTeaching =>
  teacherByScript(
    {
      correction: () => ({ answer: 'answer 0', confidence: 0.5 }),
      critique: (_input, times) => ({ score: scores[times - 1] ?? 0, feedback: `feedback ${times}` }),
      improvement: (_input, times) => ({ answer: `answer ${times}` }),
    },
    { callsMax },
  );

describe('generateWithCritique', () => {
  it('stops above 0.9, and not at it', async () => {
    const good = scored([0.95]);
    expect(await generateWithCritique(good.teacher, question)).toMatchObject({ answer: 'answer 0', confidence: 0.95 });
    expect(good.asked()).toEqual(['correction', 'critique']);
    const almost = scored([0.9, 0.91]);
    expect(await generateWithCritique(almost.teacher, question)).toMatchObject({ answer: 'answer 1', confidence: 0.91 });
  });

  it('improves three times at most, each time by what the critic said', async () => {
    const never = scored([0.1, 0.2, 0.3, 0.4, 0.5]);
    const result = await generateWithCritique(never.teacher, question);
    expect(result).toMatchObject({ answer: 'answer 3', confidence: 0.4 });
    expect(never.asked()).toEqual(['correction', 'critique', 'improvement', 'critique', 'improvement', 'critique', 'improvement', 'critique']);
    expect(result?.iterations).toEqual([0, 1, 2, 3].map((i) => ({ answer: `answer ${i}`, score: (i + 1) / 10, feedback: `feedback ${i + 1}` })));
    expect(new Set(result?.teacherCalls).size).toBe(8);
    expect(JSON.parse(never.client.requests[4]?.input ?? '')).toMatchObject({ reply: 'answer 1', critique: 'feedback 2' });
  });

  it.each([
    [0, undefined],
    [1, { answer: 'answer 0', confidence: undefined }],
    [3, { answer: 'answer 0', confidence: 0.1 }],
    [4, { answer: 'answer 1', confidence: 0.2 }],
  ])('has the last answer that was criticised when the budget ends after %i questions', async (callsMax, expected) => {
    const result = await generateWithCritique(scored([0.1, 0.2, 0.3, 0.4], callsMax).teacher, question);
    if (expected === undefined) expect(result).toBeUndefined();
    else expect(result).toMatchObject(expected);
  });

  it('trusts an answer less that hedges, whatever its score', async () => {
    const { teacher } = teacherByScript({ correction: () => ({ answer: 'I am not sure, perhaps Plan.', confidence: 1 }), critique: () => ({ score: 1, feedback: '' }) });
    expect((await generateWithCritique(teacher, question))?.confidence).toBeCloseTo(0.4, 5);
  });
});
