export { type Calibration, HELD_OUT_FLAGGED } from './calibration.js';
export { decodeCheckpoint, encodeCheckpoint, type EncodedCheckpoint } from './checkpoint-codec.js';
export { loadCheckpoint, type LoadedCheckpoint, saveCheckpoint, saveEncodedCheckpoint } from './checkpoint-folder.js';
export type { AnswerClass, Checkpoint, Provenance } from './checkpoint.js';
export { EmbeddedModel, type Prediction, type ServableCheckpoint } from './embedded-model.js';
export { EmbeddedModelError, type EmbeddedModelErrorCode, embeddedModelErrorCodes } from './embedded-model.error.js';
export { featurize, FEATURE_SLOTS, FEATURES_VERSION, MAX_TEXT_CHARS, type SparseVector } from './featurize.js';
export { Fisher } from './fisher.js';
export { type EncoderIdentity, encodeSentences, mayReadSentences, type SentenceSource, sentenceVectors, type SentenceVectors, textsToEncode } from './sentence-vectors.js';
export { cosine, dotProduct, EMBEDDING_DIM, fitIdf, hashEmbedding, type HashEmbeddingOptions, type IdfTable } from './hash-embedding.js';
export { LOSS_WINDOWS_MAX, type LossWindow } from './loss-recorder.js';
export { gramHashes, minHash } from './min-hash.js';
export { LinearSoftmax, softmaxInPlace } from './linear-softmax.js';
export { checkRecipe, DEFAULT_RECIPE, isRecipeName, type Recipe, type RecipeName, recipeNames, recipes } from './recipe.js';
export { ReplayBuffer, type ReplayEntry } from './replay-buffer.js';
export { findSuspectLabels, type SuspectLabel, type SuspectLabelInputs } from './suspect-labels.js';
export { type EpochProgress, train, type TrainOptions } from './train.js';
export {
  answerId,
  contentOf,
  DEFAULT_FALLBACK_ANSWER,
  difficulties,
  type Difficulty,
  hashExamples,
  parseChatExamples,
  textOfContent,
  type TrainingExample,
} from './training-example.js';
