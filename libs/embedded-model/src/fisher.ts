import { FEATURE_SLOTS, type SparseVector } from './featurize.js';
import { type LinearSoftmax, softmaxInPlace, strideFor, widen } from './linear-softmax.js';

/**
 * Diagonal of the Fisher information of a softmax head, laid out like its weights. For this head it is exact, without sampling
 * labels: the mean over inputs of `x_j² · p_c · (1 − p_c)` (Kirkpatrick et al. 2017, arXiv 1612.00796, uses it as EWC's importance).
 */
export class Fisher {
  weights: Float32Array;
  bias: Float32Array;
  stride: number;
  classes: number;

  constructor({ classes, slots = FEATURE_SLOTS }: { classes: number; slots?: number }) {
    this.classes = classes;
    this.stride = strideFor(classes);
    this.weights = new Float32Array(slots * this.stride);
    this.bias = new Float32Array(this.stride);
  }

  clone(): Fisher {
    const copy = new Fisher({ classes: this.classes, slots: this.weights.length / this.stride });
    copy.weights.set(this.weights);
    copy.bias.set(this.bias);
    return copy;
  }

  /** Classes added later have no importance yet: they are free to move. */
  grow(classes: number): void {
    const stride = strideFor(classes);
    this.weights = widen({ values: this.weights, rows: this.weights.length / this.stride, from: this.stride, to: stride });
    this.bias = widen({ values: this.bias, rows: 1, from: this.stride, to: stride });
    this.stride = stride;
    this.classes = classes;
  }

  /** Adds the mean information of these inputs under `head`; called once a training, so that importance accumulates over updates. */
  accumulate(head: LinearSoftmax, inputs: readonly SparseVector[]): void {
    if (inputs.length === 0) return;
    const { classes, stride } = head;
    const spread = new Float64Array(stride);
    const share = 1 / inputs.length;
    for (const input of inputs) {
      head.logitsInto(input, spread);
      softmaxInPlace(spread, classes);
      for (let c = 0; c < classes; c += 1) {
        const p = spread[c] as number;
        const information = p * (1 - p) * share;
        spread[c] = information;
        this.bias[c] = (this.bias[c] as number) + information;
      }
      this.addRows(input, spread);
    }
  }

  private addRows({ slots, values }: SparseVector, spread: Float64Array): void {
    const { weights, stride, classes } = this;
    for (let k = 0; k < slots.length; k += 1) {
      const value = values[k] as number;
      const square = value * value;
      const row = (slots[k] as number) * stride;
      for (let c = 0; c < classes; c += 1) weights[row + c] = (weights[row + c] as number) + square * (spread[c] as number);
    }
  }
}
