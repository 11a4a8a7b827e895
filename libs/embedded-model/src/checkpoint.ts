import type { Fisher } from './fisher.js';
import type { Calibration } from './calibration.js';
import type { LinearSoftmax } from './linear-softmax.js';
import type { Recipe } from './recipe.js';
import type { EncoderIdentity } from './sentence-vectors.js';
import type { ReplayBuffer, ReplayEntry } from './replay-buffer.js';

/** One answer that the model can give. */
export interface AnswerClass {
  /** Derived from the answer's text. */
  readonly id: string;
  readonly answer: string;
  readonly category: string | null;
  /** Examples trained on so far, over all updates. */
  readonly examples: number;
  /** Giving this answer means "I don't know". */
  readonly outOfScope: boolean;
}

/** Where a checkpoint comes from: enough to make it again. */
export interface Provenance {
  readonly recipe: Recipe;
  readonly seed: number;
  readonly curriculum: boolean;
  /** sha256 of what was learnt. */
  readonly examplesHash: string;
  readonly retentionHash: string | null;
  /** Content hash of the checkpoint that this one went on from. */
  readonly parentHash: string | null;
  /** Mean training loss of each epoch. */
  readonly epochLosses: readonly number[];
}

/** A trained model with everything that the next update needs. Immutable by convention: training makes a new one. */
export interface Checkpoint {
  readonly classes: readonly AnswerClass[];
  readonly fallbackAnswer: string;
  readonly calibration: Calibration;
  readonly provenance: Provenance;
  readonly head: LinearSoftmax;
  readonly fisher: Fisher;
  readonly replay: ReplayBuffer;
  /** Examples kept out of every training, to set temperature and threshold. */
  readonly heldOut: readonly ReplayEntry[];
  /** Where the head reads sentence vectors beside n-grams; null where n-grams are all it knows. */
  readonly encoder: EncoderIdentity | null;
  /** Vectors of all texts that are remembered or held out, so that an update need not encode them again; empty without an encoder. */
  readonly sentences: ReadonlyMap<string, Float32Array>;
}
