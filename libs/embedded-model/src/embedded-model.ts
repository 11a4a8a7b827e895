import { bestOf, confidenceOf } from './calibration.js';
import type { AnswerClass, Checkpoint } from './checkpoint.js';
import type { EncoderIdentity } from './sentence-vectors.js';

export interface Prediction {
  /** The best answer, also when the model abstains. */
  readonly output: string;
  readonly answerId: string;
  readonly category: string | null;
  /** Estimated chance that the best answer is right, 0..1. */
  readonly confidence: number;
  /** The model does not know: its confidence is below the threshold, or the best answer is "I don't know" itself. */
  readonly abstained: boolean;
}

/** What a served model needs of a checkpoint. */
export type ServableCheckpoint = Pick<Checkpoint, 'classes' | 'fallbackAnswer' | 'calibration' | 'head' | 'encoder'>;

/** Answers texts with a checkpoint. Its scratch space is its own, so one instance serves one thread. */
export class EmbeddedModel {
  private readonly checkpoint: ServableCheckpoint;
  private readonly scores: Float64Array;

  constructor(checkpoint: ServableCheckpoint) {
    this.checkpoint = checkpoint;
    this.scores = new Float64Array(checkpoint.head.stride);
  }

  get classes(): readonly AnswerClass[] {
    return this.checkpoint.classes;
  }

  /** Said in place of the best answer when the model abstains. */
  get fallbackAnswer(): string {
    return this.checkpoint.fallbackAnswer;
  }

  get threshold(): number {
    return this.checkpoint.calibration.threshold;
  }

  /** Whose vector of the text {@link predict} needs; null where n-grams are all that the model reads. */
  get encoder(): EncoderIdentity | null {
    return this.checkpoint.encoder;
  }

  /** Throws `missing_sentence` where the model has an encoder and the text's vector is not given. */
  predict(text: string, sentence?: Float32Array): Prediction {
    const { head, classes, calibration } = this.checkpoint;
    head.logitsInto(head.featuresOf(text, sentence), this.scores);
    const { best, logOdds } = bestOf({ scores: this.scores, classes: head.classes, temperature: calibration.temperature });
    const confidence = confidenceOf(calibration, logOdds);
    const { answer, id, category, outOfScope } = classes[best] as AnswerClass;
    return { output: answer, answerId: id, category, confidence, abstained: outOfScope || confidence < calibration.threshold };
  }

  /** What to say: the best answer, or the fallback when the model abstains. */
  reply(text: string, sentence?: Float32Array): { readonly text: string; readonly prediction: Prediction } {
    const prediction = this.predict(text, sentence);
    return { text: prediction.abstained ? this.fallbackAnswer : prediction.output, prediction };
  }
}
