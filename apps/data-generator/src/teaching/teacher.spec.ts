import { describe, expect, it } from '@jest/globals';
import { ProviderError, type ProviderErrorCode } from '@ratchet/providers';
import { teacherByScript } from './spec-support/teacher-by-script.js';
import { improvementLesson } from './shapes.js';

const failing = (code: ProviderErrorCode, status?: number) => (): never => {
  throw new ProviderError({ code, provider: 'p', message: 'scripted', status });
};
const askTwice = async (answer: (input: never, times: number) => unknown, options = {}) => {
  const scripted = teacherByScript({ improvement: answer }, options);
  const results = [await scripted.teacher.ask(improvementLesson, { n: 1 }), await scripted.teacher.ask(improvementLesson, { n: 2 })];
  return { ...scripted, values: results.map((result) => result?.value) };
};

describe('Teacher', () => {
  it.each<[string, ProviderErrorCode, number | undefined]>([
    ['cannot be reached', 'connection', undefined],
    ['limits rates for too long', 'rate_limited', 429],
    ['fails', 'bad_response', 500],
    ['knows no such key', 'refused', 401],
    ['has no such model', 'refused', 404],
  ])('is asked no more in a run in which it %s, and says why once', async (_what, code, status) => {
    const { values, stops, asked } = await askTwice(failing(code, status));
    expect(values).toEqual([undefined, undefined]);
    expect(asked()).toHaveLength(1);
    expect(stops).toEqual([{ code: 'provider', message: expect.stringContaining('gives no answers') }]);
  });

  it('goes on after one question that it could not answer, and ends after three in a row', async () => {
    const once = await askTwice((_input, times) => (times === 1 ? { nonsense: true } : { answer: 'A.' }));
    expect(once.values).toEqual([undefined, { answer: 'A.' }]);
    const never = teacherByScript({ improvement: () => ({ nonsense: true }) });
    for (let n = 0; n < 5; n += 1) await never.teacher.ask(improvementLesson, { n });
    expect(never.asked()).toHaveLength(3);
    expect(never.teacher.stop).toMatchObject({ code: 'provider' });
  });

  it('goes on after a request that is refused for what is in it', async () => {
    const { values } = await askTwice((_input, times) => (times === 1 ? failing('refused', 400)() : { answer: 'A.' }));
    expect(values).toEqual([undefined, { answer: 'A.' }]);
  });

  it('says which budget is used up', async () => {
    const { values, stops } = await askTwice(() => ({ answer: 'A.' }), { limits: { runUsd: 0, monthUsd: 0 } });
    expect(values).toEqual([undefined, undefined]);
    expect(stops).toEqual([{ code: 'month_budget', message: expect.stringContaining('used up') }]);
  });

  it('does not take a fault of ours for one of the teacher', async () => {
    await expect(askTwice(() => { throw new TypeError('ours'); })).rejects.toThrow('ours');
  });
});
