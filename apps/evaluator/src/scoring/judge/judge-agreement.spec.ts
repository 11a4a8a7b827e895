import { describe, expect, it } from '@jest/globals';
import { InMemoryTeacherClient } from '@ratchet/providers';
import { BudgetExceededError } from '@ratchet/spending';
import { FENCE, loadJudgePrompt } from '../../quality/judges/judge-prompts.js';
import { InMemoryScoreCache } from '../answer-cache.js';
import { agreementNote, measureAgreement } from './judge-agreement.js';
import type { JudgeAgreement, LabelledPair } from './judge-agreement.js';
import { PairwiseJudge } from './pairwise-judge.js';

const pairs: LabelledPair[] = Array.from({ length: 60 }, (_, i) => ({ request: `question ${i}`, preferred: `good ${i}`, rejected: `bad ${i}` }));
const rule = { pairsMin: 30, kappaMin: 0.4 };

const measure = async (choose: (material: { request: string; first: string; second: string; reference?: string }) => string, given = pairs): Promise<JudgeAgreement> => {
  const client = new InMemoryTeacherClient(({ input }) => ({ explanation: '', better: choose(JSON.parse(input.slice(FENCE.open.length, -FENCE.close.length)) as { request: string; first: string; second: string }) }));
  return measureAgreement({ judge: new PairwiseJudge({ client, prompt: loadJudgePrompt('pairwise'), cache: new InMemoryScoreCache() }), pairs: given, signal: new AbortController().signal, timeLimitMs: 1_000 });
};
const better = ({ first }: { first: string }): 'first' | 'second' => (first.startsWith('good') ? 'first' : 'second');
const numberOf = (request: string): number => Number(request.split(' ')[1]);

describe('measureAgreement', () => {
  it('is complete with a judge that chooses as people do, and never shows the expected answer', async () => {
    const found = await measure((material) => {
      expect(material.reference).toBeUndefined();
      return better(material);
    });
    expect(found).toMatchObject({ n: 60, agreed: 60, ties: 0, kappa: { kappa: 1 } });
    expect(agreementNote('j', found, rule)).toMatch(/^the judge j agrees with people on 60 of 60 labelled pairs \(kappa 1\.00, /u);
  });

  it('counts ties, and so a judge that always takes the first, as disagreement', async () => {
    expect(await measure(() => 'first')).toMatchObject({ n: 60, agreed: 0, ties: 60 });
  });

  it('is what chance gives for a judge that chooses by something else, and the note says so', async () => {
    const found = await measure((material) => (numberOf(material.request) % 2 === 0 ? better(material) : better(material) === 'first' ? 'second' : 'first'));
    expect(found.kappa?.kappa).toBeGreaterThan(-0.3);
    expect(found.kappa?.kappa).toBeLessThan(0.3);
    expect(agreementNote('j', found, rule)).toMatch(/not shown to be more than 0\.4, so read its scores with care/u);
  });

  it('says that few pairs, or none, show nothing', async () => {
    expect(agreementNote('j', await measure(better, pairs.slice(0, 4)), rule)).toMatch(/on 4 of 4 labelled pairs.*30 pairs are needed to tell/u);
    expect(agreementNote('j', await measure(better, []), rule)).toMatch(/there are no labelled pairs/u);
  });

  it('leaves out what the budget did not allow', async () => {
    let calls = 0;
    const client = { description: 'p/m', ask: async () => Promise.reject(new BudgetExceededError({ code: 'run_budget', message: `call ${(calls += 1)}` })) };
    const judge = new PairwiseJudge({ client, prompt: loadJudgePrompt('pairwise'), cache: new InMemoryScoreCache() });
    expect(await measureAgreement({ judge, pairs, signal: new AbortController().signal, timeLimitMs: 1_000 })).toMatchObject({ n: 0, kappa: undefined });
    expect(calls).toBeLessThanOrEqual(8);
  });
});
