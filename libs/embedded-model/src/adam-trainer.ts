import type { SparseVector } from './featurize.js';
import type { Fisher } from './fisher.js';
import { type LinearSoftmax, softmaxInPlace } from './linear-softmax.js';

/** One example as the optimizer sees it. */
export interface WeightedSample {
  readonly features: SparseVector;
  readonly classIndex: number;
  readonly weight: number;
}

export interface ElasticPenalty {
  readonly fisher: Fisher;
  readonly anchor: LinearSoftmax;
  /** λ of `λ/2 · Σ F (w − anchor)²`. */
  readonly lambda: number;
}

export interface AdamTrainerOptions {
  readonly head: LinearSoftmax;
  readonly learningRate: number;
  /** Steps after which a falling learning rate reaches zero. */
  readonly totalSteps: number;
  readonly batchSize: number;
  /** Multiplies the learning rate, one factor a class. */
  readonly classRates: Float32Array;
  readonly penalty?: ElasticPenalty;
  readonly optimizer?: 'adam' | 'sgd';
}

const { sqrt } = Math;

// Kingma and Ba 2015 (arXiv 1412.6980), their default constants.
const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-8;
/** The bias is in every example, so it would swing at the rate that suits a rare n-gram. */
const BIAS_RATE_MAX = 0.5;

// Values this small change no weight, but as subnormal 32-bit floats they cost a hundred times as much as zeros do.
const GRADIENT_FLOOR = 1e-15;
const MOMENTUM_FLOOR = 1e-20;
const VELOCITY_FLOOR = 1e-30;

/**
 * Adam over the rows that a batch touches ("lazy" rows): a row without a gradient keeps its weights and its moments, and the bias
 * correction counts a row's own steps. Work per step is proportional to the batch's n-grams, not to the table.
 */
export class AdamTrainer {
  private readonly options: AdamTrainerOptions;
  private readonly momentum: Float32Array;
  private readonly velocity: Float32Array;
  private readonly rowSteps: Uint32Array;
  private readonly positionOfRow: Int32Array;
  private readonly scores: Float64Array;
  private readonly biasGradient: Float64Array;
  private touchedRows: Uint16Array = new Uint16Array(1024);
  private gradient: Float32Array;
  private touchedCount = 0;
  private adjustment: Float32Array | undefined;
  private step = 0;

  constructor(options: AdamTrainerOptions) {
    const { head } = options;
    this.options = options;
    // One extra row at the end is the bias.
    this.momentum = new Float32Array((head.slots + 1) * head.stride);
    this.velocity = new Float32Array((head.slots + 1) * head.stride);
    this.rowSteps = new Uint32Array(head.slots + 1);
    this.positionOfRow = new Int32Array(head.slots).fill(-1);
    this.scores = new Float64Array(head.stride);
    this.biasGradient = new Float64Array(head.stride);
    this.gradient = new Float32Array(this.touchedRows.length * head.stride);
  }

  /**
   * One pass over the samples in the given order. `adjustment`, one number a class, is added to the scores while training only.
   * Returns the mean weighted loss, without the penalty.
   */
  runEpoch(samples: readonly WeightedSample[], adjustment?: Float32Array): number {
    this.adjustment = adjustment;
    let loss = 0;
    for (let start = 0; start < samples.length; start += this.options.batchSize) {
      loss += this.runBatch(samples.slice(start, start + this.options.batchSize));
    }
    return samples.length === 0 ? 0 : loss / samples.length;
  }

  private runBatch(batch: readonly WeightedSample[]): number {
    const scale = 1 / batch.length;
    let loss = 0;
    for (const sample of batch) loss += this.addGradient(sample, scale);
    const rate = this.options.learningRate * Math.max(0, 1 - this.step / this.options.totalSteps);
    this.step += 1;
    for (let position = 0; position < this.touchedCount; position += 1) this.updateRow(position, rate);
    this.updateBias(rate);
    this.touchedCount = 0;
    return loss;
  }

  private addGradient({ features, classIndex, weight }: WeightedSample, scale: number): number {
    const { head } = this.options;
    const { scores, biasGradient, adjustment } = this;
    const { classes, stride } = head;
    head.logitsInto(features, scores);
    if (adjustment !== undefined) for (let c = 0; c < classes; c += 1) scores[c] = (scores[c] as number) + (adjustment[c] as number);
    softmaxInPlace(scores, classes);
    const loss = -Math.log(Math.max(1e-12, scores[classIndex] as number)) * weight;
    scores[classIndex] = (scores[classIndex] as number) - 1;
    for (let c = 0; c < classes; c += 1) {
      const exact = (scores[c] as number) * weight * scale;
      const g = exact < GRADIENT_FLOOR && exact > -GRADIENT_FLOOR ? 0 : exact;
      scores[c] = g;
      biasGradient[c] = (biasGradient[c] as number) + g;
    }
    const { slots, values } = features;
    for (let k = 0; k < slots.length; k += 1) {
      const value = values[k] as number;
      const offset = this.rowPosition(slots[k] as number) * stride;
      const { gradient } = this;
      for (let c = 0; c < classes; c += 1) gradient[offset + c] = (gradient[offset + c] as number) + value * (scores[c] as number);
    }
    return loss;
  }

  private rowPosition(slot: number): number {
    const known = this.positionOfRow[slot] as number;
    if (known >= 0) return known;
    if (this.touchedCount === this.touchedRows.length) this.growScratch();
    const position = this.touchedCount;
    this.touchedRows[position] = slot;
    this.positionOfRow[slot] = position;
    this.touchedCount += 1;
    return position;
  }

  private growScratch(): void {
    const rows = new Uint16Array(this.touchedRows.length * 2);
    rows.set(this.touchedRows);
    this.touchedRows = rows;
    const gradient = new Float32Array(this.gradient.length * 2);
    gradient.set(this.gradient);
    this.gradient = gradient;
  }

  private updateRow(position: number, rate: number): void {
    const { head, penalty } = this.options;
    const slot = this.touchedRows[position] as number;
    const row = slot * head.stride;
    const offset = position * head.stride;
    const { gradient } = this;
    if (this.options.optimizer === 'sgd') {
      this.applyDescent({ weights: head.weights, weightsAt: row, gradient, gradientAt: offset, rate, fisher: penalty?.fisher.weights, anchor: penalty?.anchor.weights });
      gradient.fill(0, offset, offset + head.classes);
      this.positionOfRow[slot] = -1;
      return;
    }
    if (penalty !== undefined) {
      const fisher = penalty.fisher.weights;
      const anchor = penalty.anchor.weights;
      for (let c = 0; c < head.classes; c += 1) {
        const pull = (fisher[row + c] as number) * ((head.weights[row + c] as number) - (anchor[row + c] as number));
        gradient[offset + c] = (gradient[offset + c] as number) + penalty.lambda * pull;
      }
    }
    this.applyAdam({ weights: head.weights, weightsAt: row, gradient, gradientAt: offset, row: slot, rate });
    gradient.fill(0, offset, offset + head.classes);
    this.positionOfRow[slot] = -1;
  }

  private updateBias(rate: number): void {
    const { head, penalty } = this.options;
    const gradient = this.biasGradient;
    if (this.options.optimizer === 'sgd') {
      this.applyDescent({ weights: head.bias, weightsAt: 0, gradient, gradientAt: 0, rate: Math.min(rate, BIAS_RATE_MAX), fisher: penalty?.fisher.bias, anchor: penalty?.anchor.bias });
      gradient.fill(0);
      return;
    }
    if (penalty !== undefined) {
      for (let c = 0; c < head.classes; c += 1) {
        const pull = (penalty.fisher.bias[c] as number) * ((head.bias[c] as number) - (penalty.anchor.bias[c] as number));
        gradient[c] = (gradient[c] as number) + penalty.lambda * pull;
      }
    }
    this.applyAdam({ weights: head.bias, weightsAt: 0, gradient, gradientAt: 0, row: head.slots, rate });
    gradient.fill(0);
  }

  /** A plain step; the elastic penalty is taken implicitly (w = (w - r g + r λ F a) / (1 + r λ F)), which is stable at any rate. */
  private applyDescent({ weights, weightsAt, gradient, gradientAt, rate, fisher, anchor }: DescentUpdate): void {
    const { classRates, head, penalty } = this.options;
    const lambda = penalty?.lambda ?? 0;
    for (let c = 0; c < head.classes; c += 1) {
      const r = rate * (classRates[c] as number);
      const at = weightsAt + c;
      const stepped = (weights[at] as number) - r * (gradient[gradientAt + c] as number);
      const pull = fisher === undefined || anchor === undefined ? 0 : r * lambda * (fisher[at] as number);
      weights[at] = pull === 0 ? stepped : (stepped + pull * (anchor?.[at] as number)) / (1 + pull);
    }
  }

  private applyAdam(update: RowUpdate): void {
    const { weights, weightsAt, gradient, gradientAt, row, rate } = update;
    const { momentum, velocity, rowSteps } = this;
    const { classRates, head } = this.options;
    const momentAt = row * head.stride;
    const steps = (rowSteps[row] as number) + 1;
    rowSteps[row] = steps;
    const correction2 = 1 - BETA_2 ** steps;
    const stepSize = (rate * Math.sqrt(correction2)) / (1 - BETA_1 ** steps);
    const epsilon = EPSILON * Math.sqrt(correction2);
    for (let c = 0; c < head.classes; c += 1) {
      const g = gradient[gradientAt + c] as number;
      const m = BETA_1 * (momentum[momentAt + c] as number) + (1 - BETA_1) * g;
      const v = BETA_2 * (velocity[momentAt + c] as number) + (1 - BETA_2) * g * g;
      momentum[momentAt + c] = m < MOMENTUM_FLOOR && m > -MOMENTUM_FLOOR ? 0 : m;
      velocity[momentAt + c] = v < VELOCITY_FLOOR ? 0 : v;
      weights[weightsAt + c] = (weights[weightsAt + c] as number) - (stepSize * (classRates[c] as number) * m) / (sqrt(v) + epsilon);
    }
  }
}

interface DescentUpdate {
  readonly weights: Float32Array;
  readonly weightsAt: number;
  readonly gradient: Float32Array | Float64Array;
  readonly gradientAt: number;
  readonly rate: number;
  readonly fisher: Float32Array | undefined;
  readonly anchor: Float32Array | undefined;
}

interface RowUpdate {
  readonly weights: Float32Array;
  readonly weightsAt: number;
  readonly gradient: Float32Array | Float64Array;
  readonly gradientAt: number;
  readonly row: number;
  readonly rate: number;
}
