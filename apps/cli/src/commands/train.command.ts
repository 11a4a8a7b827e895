import { type Checkpoint, DEFAULT_RECIPE, encodeSentences, findSuspectLabels, isRecipeName, loadCheckpoint, mayReadSentences, parseChatExamples, type Recipe, recipeNames, recipes, saveCheckpoint, type SentenceVectors, textsToEncode, train, type TrainingExample } from '@ratchet/embedded-model';
import type { Command } from 'commander';

import { type CommandIo, UsageError } from '../command-module.js';
import { nameOfInput, readInput } from '../json-input.js';
import { sentenceSource } from '../stack/sentence-source.js';
import { folderOf } from './model-reference.js';

interface TrainCommandOptions {
  examples: string;
  out: string;
  base?: string;
  retention?: string;
  recipe?: string;
  curriculum?: boolean;
  seed: string;
  fallback?: string;
  sentences: boolean;
}

/** So many are told one by one. */
const SUSPECTS_SAID = 20;
const SEED_MAX = 0xffff_ffff;

const readExamples = async (path: string, io: CommandIo): Promise<TrainingExample[]> =>
  parseChatExamples({ text: await readInput(path, io), source: nameOfInput(path) });

const recipeOf = ({ recipe, base }: TrainCommandOptions) => {
  const name = recipe ?? (base === undefined ? 'scratch' : DEFAULT_RECIPE);
  if (!isRecipeName(name)) throw new UsageError(`--recipe must be one of ${recipeNames.join(', ')}; it is ${name}`);
  if (base === undefined && recipes[name].start === 'base') throw new UsageError(`--recipe ${name} goes on from a trained model: name it with --base`);
  if (base !== undefined && name === 'scratch') throw new UsageError('--recipe scratch starts from nothing: leave --base out, or use --recipe full');
  return recipes[name];
};

const seedOf = (text: string): number => {
  const seed = Number(text);
  if (!Number.isInteger(seed) || seed < 0 || seed > SEED_MAX) throw new UsageError(`--seed must be a whole number from 0 to ${SEED_MAX}; it is ${text}`);
  return seed;
};

interface SentenceNeeds {
  readonly examples: readonly TrainingExample[];
  readonly retention: readonly TrainingExample[];
  readonly base?: Checkpoint;
  readonly recipe: Recipe;
  readonly seed: number;
}

const sentencesFor = async (needs: SentenceNeeds, options: TrainCommandOptions, io: CommandIo): Promise<SentenceVectors | undefined> => {
  if (!options.sentences || !mayReadSentences({ recipe: needs.recipe, base: needs.base ?? null })) return undefined;
  const say = (text: string): void => void io.stderr.write(`${text}\n`);
  const source = await sentenceSource(say);
  if (source === null) return undefined;
  const texts = textsToEncode(needs);
  say(`encoding ${texts.length} texts`);
  return encodeSentences({ source, texts });
};

const runTraining = async (options: TrainCommandOptions, io: CommandIo): Promise<void> => {
  if (options.examples === '-' && options.retention === '-') throw new UsageError('only one input can be standard input');
  const recipe = recipeOf(options);
  const seed = seedOf(options.seed);
  const examples = await readExamples(options.examples, io);
  const retention = options.retention === undefined ? [] : await readExamples(options.retention, io);
  const base = options.base === undefined ? null : await loadCheckpoint(folderOf(options.base));
  const sentences = await sentencesFor({ examples, retention, recipe, seed, ...(base !== null && { base: base.checkpoint }) }, options, io);
  const given = { examples, retention, ...(base !== null && { base: base.checkpoint }), ...(sentences !== undefined && { sentences }) };
  const suspects = findSuspectLabels(given);
  for (const { index, strength } of suspects.slice(0, SUSPECTS_SAID)) io.stderr.write(`example ${index + 1} may teach a wrong answer (strength ${strength.toFixed(2)}): it is more like another answer's examples\n`);
  if (suspects.length > SUSPECTS_SAID) io.stderr.write(`${suspects.length - SUSPECTS_SAID} more examples may teach a wrong answer\n`);
  const checkpoint = train({
    examples,
    retention,
    recipe,
    seed,
    curriculum: options.curriculum ?? false,
    ...(base !== null && { base: base.checkpoint, baseHash: base.contentHash }),
    ...(sentences !== undefined && { sentences }),
    ...(options.fallback !== undefined && { fallbackAnswer: options.fallback }),
    onEpoch: ({ epoch, epochs, loss, samples }) => void io.stderr.write(`epoch ${epoch}/${epochs}: ${samples} examples, training loss ${loss.toFixed(4)}\n`),
  });
  const folder = folderOf(options.out);
  const contentHash = await saveCheckpoint({ folder, checkpoint });
  const { temperature, threshold, heldOutExamples, heldOutAccuracy } = checkpoint.calibration;
  const report = { out: folder, contentHash, recipe: recipe.name, seed, examples: examples.length, answers: checkpoint.classes.length, sentenceEncoder: checkpoint.encoder?.id ?? null, suspectLabels: suspects.map(({ index }) => index + 1) };
  io.stdout.write(`${JSON.stringify({ ...report, parentHash: base?.contentHash ?? null, calibration: { temperature, threshold, heldOutExamples, heldOutAccuracy } })}\n`);
};

/** `ratchet train`: teaches the embedded model, from nothing or as an update; the result's description goes to standard output. */
export const register = (command: Command, io: CommandIo): void => {
  command
    .requiredOption('--examples <path>', 'chat examples {id?, messages: [user, assistant]} as JSON lines; - is standard input')
    .requiredOption('--out <ref>', 'where the model goes: a folder, or model@version in RATCHET_MODELS_DIR')
    .option('--base <ref>', 'the model to go on from; without it, training starts from nothing')
    .option('--retention <path>', "examples that must not be forgotten; without it, the base's own memory is used")
    .option('--recipe <name>', `one of ${recipeNames.join(', ')} (default: scratch, and ${DEFAULT_RECIPE} with --base)`)
    .option('--curriculum', 'take easy examples first and hard ones last, by their "difficulty"')
    .option('--seed <number>', 'the same seed and inputs make the same model, byte for byte', '1')
    .option('--no-sentences', 'learn from n-grams alone; without it, sentence embeddings are used where the encoder can be had')
    .option('--fallback <text>', 'what the model says when it does not know')
    .addHelpText('after', '\nExit code: 0 trained, 2 bad usage or input.')
    .action((options: TrainCommandOptions) => runTraining(options, io));
};
