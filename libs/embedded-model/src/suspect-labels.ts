import type { Checkpoint } from './checkpoint.js';
import { FEATURE_SLOTS, inverseDocumentFrequencies, type SparseVector } from './featurize.js';
import { LinearSoftmax } from './linear-softmax.js';
import type { SentenceVectors } from './sentence-vectors.js';
import { answerId, type TrainingExample } from './training-example.js';

/** An example whose answer looks like another one's. */
export interface SuspectLabel {
  /** Place among the examples. */
  readonly index: number;
  readonly input: string;
  /** What the example teaches. */
  readonly output: string;
  /** The answer whose examples it is most like. */
  readonly likelyOutput: string;
  /** How much more it is like that answer's examples than like its own answer's others; difference of two cosines, above 0. */
  readonly strength: number;
}

export interface SuspectLabelInputs {
  readonly examples: readonly TrainingExample[];
  /** What else is known to be right; the base's memory is used as well. */
  readonly retention?: readonly TrainingExample[];
  readonly base?: Checkpoint;
  readonly sentences?: SentenceVectors;
}

/** An answer with fewer examples has no middle to be near to. */
const CLASS_EXAMPLES_MIN = 5;

/** Share of an answer's typical fit that an example must have to be taken for one of its own. At 1 a third of the wrong ones are found less, at 0 hard ones are suspected. */
const TYPICAL_SHARE = 0.7;

interface Labelled {
  readonly features: SparseVector;
  readonly classIndex: number;
}

interface Fit {
  readonly own: number;
  readonly best: number;
  readonly bestClass: number;
}

/**
 * Finds examples that probably teach a wrong answer, strongest first: each is compared with the middle of every answer's examples, its
 * own answer's without itself, and is suspect where it is more like another answer's than like its own, and nearly as much as that answer's
 * own examples are on average. The second condition is that of confident learning (Northcutt, Jiang and Chuang 2021, arXiv 1911.00068):
 * what lies between two answers is hard, not wrong. Linear in the examples; nothing is trained.
 */
export function findSuspectLabels({ examples, retention = [], base, sentences }: SuspectLabelInputs): SuspectLabel[] {
  const outputs: string[] = [];
  const classByAnswer = new Map<string, number>();
  const classOf = (output: string): number => {
    const id = answerId(output);
    const known = classByAnswer.get(id) ?? outputs.length;
    if (known === outputs.length) outputs.push(output);
    classByAnswer.set(id, known);
    return known;
  };
  const remembered = (base?.replay.entries() ?? []).map(({ text, classIndex }) => ({ input: text, output: base?.classes[classIndex]?.answer ?? '' }));
  const known: { input: string; output: string }[] = [...examples, ...retention, ...remembered];
  const vectorsOf = base !== undefined && base.encoder === null ? undefined : sentences;
  const slotWeights = base?.head.slotWeights ?? inverseDocumentFrequencies(known.map(({ input }) => input));
  const reader = new LinearSoftmax({ classes: 1, slots: FEATURE_SLOTS + (vectorsOf?.dimensions ?? 0), slotWeights });
  const vectorOf = (text: string): Float32Array | undefined => base?.sentences.get(text) ?? vectorsOf?.of(text);
  const labelled = known.map(({ input, output }): Labelled => ({ features: reader.featuresOf(input, vectorOf(input)), classIndex: classOf(output) }));
  const fits = fitToMiddles({ labelled, classes: outputs.length, slots: reader.slots });
  const typical = typicalFit({ labelled, fits, classes: outputs.length });
  return examples
    .map((example, index) => ({ example, index, fit: fits[index] as Fit }))
    .filter(({ fit: { own, best, bestClass } }) => best > own && best >= TYPICAL_SHARE * (typical[bestClass] as number))
    .map(({ example: { input, output }, index, fit }) => ({ index, input, output, likelyOutput: outputs[fit.bestClass] as string, strength: fit.best - fit.own }))
    .sort((a, b) => b.strength - a.strength || a.index - b.index);
}

/** Cosine of each example with the middle of its own class, without itself, and with the nearest other one. */
function fitToMiddles({ labelled, classes, slots }: { labelled: readonly Labelled[]; classes: number; slots: number }): Fit[] {
  const sums = new LinearSoftmax({ classes, slots });
  const counts = new Uint32Array(classes);
  for (const { features, classIndex } of labelled) {
    counts[classIndex] = (counts[classIndex] as number) + 1;
    for (const [k, slot] of features.slots.entries()) {
      const at = slot * sums.stride + classIndex;
      sums.weights[at] = (sums.weights[at] as number) + (features.values[k] as number);
    }
  }
  const squares = squaredLengths(sums);
  const products = new Float64Array(sums.stride);
  return labelled.map(({ features, classIndex }) => {
    sums.logitsInto(features, products);
    const square = features.values.reduce((sum, value) => sum + value * value, 0);
    const without = (squares[classIndex] as number) - 2 * (products[classIndex] as number) + square;
    // An example without company of its own answer cannot be told to be out of place.
    const alone = (counts[classIndex] as number) < CLASS_EXAMPLES_MIN;
    const own = alone ? Infinity : ((products[classIndex] as number) - square) / Math.sqrt(Math.max(1e-12, without * square));
    let [best, bestClass] = [-Infinity, classIndex];
    for (let c = 0; c < classes; c += 1) {
      if (c === classIndex || (counts[c] as number) < CLASS_EXAMPLES_MIN) continue;
      const cosine = (products[c] as number) / Math.sqrt(Math.max(1e-12, (squares[c] as number) * square));
      if (cosine > best) [best, bestClass] = [cosine, c];
    }
    return { own, best, bestClass };
  });
}

function squaredLengths({ weights, stride, slots, classes }: LinearSoftmax): Float64Array {
  const squares = new Float64Array(classes);
  for (let slot = 0; slot < slots; slot += 1) {
    for (let c = 0; c < classes; c += 1) squares[c] = (squares[c] as number) + (weights[slot * stride + c] as number) ** 2;
  }
  return squares;
}

/** Mean fit of each class's examples to their own middle. */
function typicalFit({ labelled, fits, classes }: { labelled: readonly Labelled[]; fits: readonly Fit[]; classes: number }): Float64Array {
  const sums = new Float64Array(classes);
  const counts = new Uint32Array(classes);
  for (const [index, { classIndex }] of labelled.entries()) {
    const { own } = fits[index] as Fit;
    if (!Number.isFinite(own)) continue;
    sums[classIndex] = (sums[classIndex] as number) + own;
    counts[classIndex] = (counts[classIndex] as number) + 1;
  }
  return sums.map((sum, c) => sum / Math.max(1, counts[c] as number));
}
