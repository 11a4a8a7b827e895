import { describe, expect, it } from '@jest/globals';
import { SgdTrainer } from './sgd-trainer.js';
import { featurize } from './featurize.js';
import { Fisher } from './fisher.js';
import { LinearSoftmax, softmaxInPlace } from './linear-softmax.js';

const texts = ['red apples', 'green pears', 'blue plums'];

function trainedHead(): LinearSoftmax {
  const head = new LinearSoftmax({ classes: 3 });
  const trainer = new SgdTrainer({ head, learningRate: 0.1, totalSteps: 40, batchSize: 3, classRates: new Float32Array(head.stride).fill(1) });
  const samples = texts.map((text, classIndex) => ({ features: featurize(text), classIndex, weight: 1 }));
  for (let epoch = 0; epoch < 20; epoch += 1) trainer.runEpoch(samples);
  return head;
}

describe('Fisher', () => {
  it('is the mean squared gradient over labels drawn from the model itself', () => {
    const head = trainedHead();
    const inputs = texts.map((text) => featurize(text));
    const fisher = new Fisher({ classes: 3 });
    fisher.accumulate(head, inputs);
    const [slot] = featurize('red apples').slots;
    let expected = 0;
    for (const { slots, values } of inputs) {
      const p = new Float64Array(head.stride);
      head.logitsInto({ slots, values }, p);
      softmaxInPlace(p, 3);
      const x = values[slots.indexOf(slot as number)] ?? 0;
      for (let label = 0; label < 3; label += 1) expected += ((p[label] as number) * (((p[1] as number) - (label === 1 ? 1 : 0)) * x) ** 2) / inputs.length;
    }
    expect(fisher.weights[(slot as number) * fisher.stride + 1]).toBeCloseTo(expected, 8);
    expect(expected).toBeGreaterThan(0);
  });

  it('keeps what it knew when classes are added, and holds the new ones free', () => {
    const fisher = new Fisher({ classes: 3 });
    fisher.accumulate(trainedHead(), texts.map((text) => featurize(text)));
    const before = fisher.bias[2];
    fisher.grow(20);
    expect(fisher.bias[2]).toBe(before);
    expect(fisher.bias[19]).toBe(0);
  });
});

describe('SgdTrainer', () => {
  it('learns three texts apart', () => {
    const head = trainedHead();
    const scores = new Float64Array(head.stride);
    for (const [classIndex, text] of texts.entries()) {
      head.logitsInto(featurize(text), scores);
      expect([...scores.subarray(0, 3)].indexOf(Math.max(...scores.subarray(0, 3)))).toBe(classIndex);
    }
  });

  it('does not move a class whose rate is zero', () => {
    const head = new LinearSoftmax({ classes: 2 });
    const rates = new Float32Array(head.stride).fill(1);
    rates[0] = 0;
    const trainer = new SgdTrainer({ head, learningRate: 0.1, totalSteps: 10, batchSize: 1, classRates: rates });
    trainer.runEpoch([{ features: featurize('a text'), classIndex: 0, weight: 1 }]);
    const column = (c: number): number[] => [...head.weights].filter((_, i) => i % head.stride === c);
    expect(column(0).every((w) => w === 0)).toBe(true);
    expect(column(1).some((w) => w !== 0)).toBe(true);
  });

  it('moves important weights less under the penalty', () => {
    const move = (lambda: number): number => {
      const head = trainedHead();
      const anchor = head.clone();
      const fisher = new Fisher({ classes: 3 });
      fisher.accumulate(head, texts.map((text) => featurize(text)));
      const trainer = new SgdTrainer({ head, learningRate: 0.01, totalSteps: 1000, batchSize: 1, classRates: new Float32Array(head.stride).fill(1), penalty: { anchor, fisher, lambda } });
      for (let epoch = 0; epoch < 50; epoch += 1) trainer.runEpoch([{ features: featurize('red apples'), classIndex: 2, weight: 1 }]);
      return head.weights.reduce((sum, w, i) => sum + (w - (anchor.weights[i] as number)) ** 2, 0);
    };
    expect(move(1e6)).toBeLessThan(move(0) / 2);
  });
});

describe('LinearSoftmax', () => {
  it('scores the same after growing, with the new classes at zero', () => {
    const head = trainedHead();
    const before = new Float64Array(head.stride);
    head.logitsInto(featurize('red apples'), before);
    head.grow(30);
    const after = new Float64Array(head.stride);
    head.logitsInto(featurize('red apples'), after);
    expect([...after.subarray(0, 3)]).toEqual([...before.subarray(0, 3)]);
    expect(after[29]).toBe(0);
  });
});
