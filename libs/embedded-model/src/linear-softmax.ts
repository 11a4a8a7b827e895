import { EmbeddedModelError } from './embedded-model.error.js';
import { FEATURE_SLOTS, featurize, joinSentence, type SparseVector } from './featurize.js';

const { exp } = Math;

/** Class columns are added in blocks, so that growing by one class rarely moves the weights. */
const COLUMN_BLOCK = 8;

/**
 * Linear layer with a softmax over classes that can be added at any time. `weights` is row-major, one row a feature slot:
 * a sparse input touches few rows, and each of them is one contiguous run over all classes.
 */
export class LinearSoftmax {
  readonly slots: number;
  weights: Float32Array;
  bias: Float32Array;
  /** Length of a row of `weights`; the columns from `classes` on are unused and zero. */
  stride: number;
  classes: number;
  /** Weight of each n-gram slot in the input's features, fitted once from the texts that the weights were first trained on. */
  readonly slotWeights: Float32Array;

  constructor({ classes, slots = FEATURE_SLOTS, slotWeights }: { classes: number; slots?: number; slotWeights?: Float32Array }) {
    this.slots = slots;
    this.slotWeights = slotWeights ?? new Float32Array(Math.min(slots, FEATURE_SLOTS)).fill(1);
    this.classes = classes;
    this.stride = strideFor(classes);
    this.weights = new Float32Array(slots * this.stride);
    this.bias = new Float32Array(this.stride);
  }

  /** Adds classes, with zero weights: they do not change the others' scores against each other. */
  grow(classes: number): void {
    if (classes < this.classes) throw new RangeError(`Cannot shrink from ${this.classes} to ${classes} classes.`);
    const stride = strideFor(classes);
    this.weights = widen({ values: this.weights, rows: this.slots, from: this.stride, to: stride });
    this.bias = widen({ values: this.bias, rows: 1, from: this.stride, to: stride });
    this.stride = stride;
    this.classes = classes;
  }

  clone(): LinearSoftmax {
    const copy = new LinearSoftmax({ classes: this.classes, slots: this.slots, slotWeights: this.slotWeights });
    copy.weights.set(this.weights);
    copy.bias.set(this.bias);
    return copy;
  }

  /** Length of the sentence vectors that this layer was trained with; 0 where n-grams are all it knows. */
  get sentenceDimensions(): number {
    return Math.max(0, this.slots - FEATURE_SLOTS);
  }

  /** The features that this layer was trained on. Throws `missing_sentence` where the text's vector is one of them and is not given. */
  featuresOf(text: string, sentence?: Float32Array): SparseVector {
    const grams = featurize(text, this.slotWeights);
    if (this.sentenceDimensions === 0) return grams;
    if (sentence?.length === this.sentenceDimensions) return joinSentence(grams, sentence);
    throw new EmbeddedModelError('missing_sentence', `This model reads sentence vectors of ${this.sentenceDimensions} numbers, and ${sentence === undefined ? 'none was' : `one of ${sentence.length} was`} given.`);
  }

  /** Raw scores, written into `out` (at least `classes` long). */
  logitsInto(input: SparseVector, out: Float64Array | Float32Array): void {
    const { weights, bias, stride, classes } = this;
    const { slots, values } = input;
    for (let c = 0; c < classes; c += 1) out[c] = bias[c] as number;
    let k = 0;
    // Four rows at once: reading and writing the sums costs as much as adding to them.
    for (; k + 3 < slots.length; k += 4) {
      const [v0, v1, v2, v3] = [values[k] as number, values[k + 1] as number, values[k + 2] as number, values[k + 3] as number];
      const [r0, r1, r2, r3] = [(slots[k] as number) * stride, (slots[k + 1] as number) * stride, (slots[k + 2] as number) * stride, (slots[k + 3] as number) * stride];
      for (let c = 0; c < classes; c += 1) {
        out[c] = (out[c] as number) + v0 * (weights[r0 + c] as number) + v1 * (weights[r1 + c] as number) + v2 * (weights[r2 + c] as number) + v3 * (weights[r3 + c] as number);
      }
    }
    for (; k < slots.length; k += 1) {
      const value = values[k] as number;
      const row = (slots[k] as number) * stride;
      for (let c = 0; c < classes; c += 1) out[c] = (out[c] as number) + value * (weights[row + c] as number);
    }
  }
}

/** Turns the first `classes` scores into probabilities in place. */
export function softmaxInPlace(scores: Float64Array | Float32Array, classes: number): void {
  let top = -Infinity;
  for (let c = 0; c < classes; c += 1) if ((scores[c] as number) > top) top = scores[c] as number;
  let sum = 0;
  for (let c = 0; c < classes; c += 1) {
    const e = exp((scores[c] as number) - top);
    scores[c] = e;
    sum += e;
  }
  for (let c = 0; c < classes; c += 1) scores[c] = (scores[c] as number) / sum;
}

/** Row length that holds this many classes. */
export function strideFor(classes: number): number {
  return Math.max(COLUMN_BLOCK, Math.ceil(classes / COLUMN_BLOCK) * COLUMN_BLOCK);
}

/** Copies a row-major matrix into one with longer rows; the same array when nothing changes. */
export function widen({ values, rows, from, to }: { values: Float32Array; rows: number; from: number; to: number }): Float32Array {
  if (from === to) return values;
  const wide = new Float32Array(rows * to);
  for (let row = 0; row < rows; row += 1) wide.set(values.subarray(row * from, (row + 1) * from), row * to);
  return wide;
}
