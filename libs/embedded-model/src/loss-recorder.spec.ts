import { describe, expect, it } from '@jest/globals';
import { LOSS_WINDOWS_MAX, LossRecorder, type LossWindow } from './loss-recorder.js';
import { train } from './train.js';
import type { TrainingExample } from './training-example.js';

const step = (at: number, fresh: number, retained?: number) => ({ step: at, fresh: { sum: fresh * 2, samples: 2 }, retained: { sum: retained ?? 0, samples: retained === undefined ? 0 : 1 }, penalty: at });

describe('the record of losses', () => {
  it('tells means of each kind, and nothing of a kind that had no sample', () => {
    const recorder = new LossRecorder();
    recorder.add(step(1, 0.5));
    recorder.add(step(2, 0.25, 3));
    expect(recorder.curve()).toEqual([{ step: 1, trainLoss: 0.5, penalty: 1 }, { step: 2, trainLoss: 0.25, retentionLoss: 3, penalty: 2 }]);
  });

  it('stays within its bound, ends with the last step, and keeps the mean of all', () => {
    const recorder = new LossRecorder();
    for (let at = 1; at <= 10_000; at += 1) recorder.add(step(at, at));
    const curve = recorder.curve();
    expect(curve.length).toBeLessThanOrEqual(LOSS_WINDOWS_MAX);
    expect(curve.length).toBeGreaterThan(LOSS_WINDOWS_MAX / 4);
    expect(curve.at(-1)?.step).toBe(10_000);
    expect(curve[0]?.trainLoss).toBeLessThan(curve.at(-1)?.trainLoss ?? 0);
  });

  it('shows in an update that new answers are learnt, retained ones are held, and the penalty grows from nothing', () => {
    const of = (answer: string, words: readonly string[]): TrainingExample[] => words.map((word) => ({ input: `${word} please`, output: answer }) as TrainingExample);
    const known = [...of('Open the door', ['door', 'gate', 'entry', 'portal']), ...of('Close the lid', ['lid', 'cover', 'cap', 'top'])];
    const base = train({ examples: known });
    let curve: readonly LossWindow[] = [];
    train({ examples: of('Send a letter', ['letter', 'mail', 'post', 'parcel']), base, retention: known, onLosses: (losses) => (curve = losses) });
    const [first, last] = [curve.find(({ trainLoss }) => trainLoss !== undefined), curve.findLast(({ trainLoss }) => trainLoss !== undefined)];
    expect(last?.trainLoss).toBeLessThan(first?.trainLoss ?? 0);
    expect(curve.some(({ retentionLoss }) => retentionLoss !== undefined)).toBe(true);
    expect(curve[0]?.penalty).toBeCloseTo(0);
    expect(curve.at(-1)?.penalty).toBeGreaterThan(0);
  });
});
