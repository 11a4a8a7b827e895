import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Checkpoint,
  encodeSentences,
  findSuspectLabels,
  encodeCheckpoint,
  loadCheckpoint,
  type LossWindow,
  mayReadSentences,
  parseChatExamples,
  type Recipe,
  type RecipeName,
  recipes,
  saveEncodedCheckpoint,
  type SentenceVectors,
  textsToEncode,
  train,
  type TrainingExample,
} from '@ratchet/embedded-model';
import { SentenceEncoder } from '@ratchet/sentence-encoder';

/** Everything a training needs, as plain data: it crosses to a worker thread. */
export interface TrainingTask {
  readonly baseFolder: string | null;
  readonly trainingPath: string;
  readonly retentionPath: string | null;
  readonly recipe: RecipeName;
  readonly epochs: number | null;
  readonly batchSize: number | null;
  readonly learningRateMultiplier: number;
  readonly curriculum: boolean;
  /** Retained examples for each new one; null for the recipe's own number. */
  readonly retentionRatio: number | null;
  readonly seed: number;
  readonly fallbackAnswer: string | null;
  /** Folder of the sentence encoder's files; null for n-grams alone. */
  readonly encoderDir: string | null;
  readonly modelsFolder: string;
  readonly modelName: string;
}

export interface TrainingProgress {
  readonly epoch: number;
  readonly epochs: number;
  readonly loss: number;
  readonly samples: number;
}

export interface TrainingOutcome {
  readonly model: string;
  readonly contentHash: string;
  readonly trainedSamples: number;
  readonly trainedTokens: number;
  readonly heldOutAccuracy: number | null;
  readonly threshold: number;
  /** Examples that are more like another answer's than like their own. */
  readonly suspectLabels: number;
  /** How the loss went, in the order of steps. */
  readonly losses: readonly LossWindow[];
}

/** Trains, and saves the version under the name of its content. Running it again makes the same version, so a restart may. */
export async function runTrainingTask(task: TrainingTask, onProgress: (progress: TrainingProgress) => void): Promise<TrainingOutcome> {
  const examples = await readExamples(task.trainingPath);
  const retention = task.retentionPath === null ? [] : await readExamples(task.retentionPath);
  const base = task.baseFolder === null ? null : await loadCheckpoint(task.baseFolder);
  const sentences = await sentencesFor({ task, examples, retention, base: base?.checkpoint });
  let trainedSamples = 0;
  let losses: readonly LossWindow[] = [];
  const checkpoint = train({
    examples,
    retention,
    recipe: recipeOf(task),
    seed: task.seed,
    curriculum: task.curriculum,
    ...(base !== null && { base: base.checkpoint, baseHash: base.contentHash }),
    ...(sentences !== undefined && { sentences }),
    ...(task.fallbackAnswer !== null && { fallbackAnswer: task.fallbackAnswer }),
    onEpoch: (progress) => {
      trainedSamples += progress.samples;
      onProgress(progress);
    },
    onLosses: (curve) => {
      losses = curve;
    },
  });
  const { model, contentHash } = await saveVersion({ checkpoint, task });
  const suspectLabels = findSuspectLabels({ examples, retention, ...(base !== null && { base: base.checkpoint }), ...(sentences !== undefined && { sentences }) }).length;
  const { heldOutAccuracy, threshold } = checkpoint.calibration;
  const trainedTokens = checkpoint.provenance.epochLosses.length * [...examples, ...retention].reduce((sum, example) => sum + wordsIn(example), 0);
  return { model, contentHash, trainedSamples, trainedTokens, heldOutAccuracy, threshold, suspectLabels, losses };
}

interface SentenceNeeds {
  readonly task: TrainingTask;
  readonly examples: readonly TrainingExample[];
  readonly retention: readonly TrainingExample[];
  readonly base: Checkpoint | undefined;
}

/** None without an encoder, nor where they would not be read. */
async function sentencesFor({ task, examples, retention, base }: SentenceNeeds): Promise<SentenceVectors | undefined> {
  if (task.encoderDir === null || !mayReadSentences({ recipe: recipes[task.recipe], base: base ?? null })) return undefined;
  const encoder = await SentenceEncoder.load(task.encoderDir);
  try {
    return await encodeSentences({ source: encoder, texts: textsToEncode({ examples, retention, base, seed: task.seed }) });
  } finally {
    await encoder.close();
  }
}

export function recipeOf({ recipe, epochs, batchSize, learningRateMultiplier, retentionRatio }: Pick<TrainingTask, 'recipe' | 'epochs' | 'batchSize' | 'learningRateMultiplier' | 'retentionRatio'>): Recipe {
  const known = recipes[recipe];
  return {
    ...known,
    // What is asked for by number is meant by number: no adapting to the set's size then.
    ...(epochs !== null && { epochs, minExamplesSeen: 0 }),
    ...(batchSize !== null && { batchSize, minSteps: 0 }),
    ...(retentionRatio !== null && { retentionRatio }),
    learningRate: known.learningRate * learningRateMultiplier,
  };
}

async function saveVersion({ checkpoint, task }: { checkpoint: Checkpoint; task: TrainingTask }) {
  const encoded = encodeCheckpoint(checkpoint);
  const model = `${task.modelName}@${encoded.contentHash.slice(0, 12)}`;
  const folder = join(task.modelsFolder, model);
  // Named by its content: one that is there already is this one, and may be in use.
  if (!existsSync(folder)) await saveEncodedCheckpoint({ folder, encoded });
  return { model, contentHash: encoded.contentHash };
}

async function readExamples(path: string): Promise<TrainingExample[]> {
  return parseChatExamples({ text: await readFile(path, 'utf8'), source: 'The training file' });
}

function wordsIn({ input, output }: TrainingExample): number {
  return input.split(/\s+/u).length + output.split(/\s+/u).length;
}
