import type { Checkpoint } from './checkpoint.js';
import { EmbeddedModelError } from './embedded-model.error.js';
import { noiseTexts } from './noise-texts.js';
import type { Recipe } from './recipe.js';
import type { TrainingExample } from './training-example.js';

/** Which sentence encoder a model's features come from. */
export interface EncoderIdentity {
  /** Names the encoder by content: vectors of equal ids can be compared. */
  readonly id: string;
  /** Length of a vector. */
  readonly dimensions: number;
}

/** Turns a text into a vector of unit length. */
export interface SentenceSource extends EncoderIdentity {
  encode(text: string): Promise<Float32Array>;
}

/** Vectors of texts that were encoded before, so that training itself waits for nothing. */
export interface SentenceVectors extends EncoderIdentity {
  /** Throws `missing_sentence` for a text that was not encoded. */
  of(text: string): Float32Array;
}

/** Whether a training with this recipe reads sentence vectors where there are any: one that goes on from a model of n-grams does not, since a head cannot gain features later. */
export const mayReadSentences = ({ recipe, base }: { recipe: Pick<Recipe, 'start'>; base: Checkpoint | null }): boolean => recipe.start === 'fresh' || base?.encoder !== null;

/** All texts whose vectors a training with these inputs asks for, each once; those that the base keeps the vectors of are left out. */
export function textsToEncode({ examples, retention = [], base, seed }: { examples: readonly TrainingExample[]; retention?: readonly TrainingExample[]; base?: Checkpoint | undefined; seed: number }): string[] {
  const texts = new Set([...examples, ...retention].map(({ input }) => input));
  for (const text of noiseTexts(seed)) texts.add(text);
  for (const { text } of [...(base?.replay.entries() ?? []), ...(base?.heldOut ?? [])]) texts.add(text);
  return [...texts].filter((text) => base?.sentences.get(text) === undefined);
}

/** Encodes texts one after the other; `known` are vectors that need no encoding. */
export async function encodeSentences({ source, texts, known = new Map() }: { source: SentenceSource; texts: readonly string[]; known?: ReadonlyMap<string, Float32Array> }): Promise<SentenceVectors> {
  const vectors = new Map<string, Float32Array>(known);
  for (const text of texts) if (!vectors.has(text)) vectors.set(text, await source.encode(text));
  return sentenceVectors({ id: source.id, dimensions: source.dimensions }, vectors);
}

export function sentenceVectors({ id, dimensions }: EncoderIdentity, vectors: ReadonlyMap<string, Float32Array>): SentenceVectors {
  const of = (text: string): Float32Array => {
    const vector = vectors.get(text);
    if (vector === undefined) throw new EmbeddedModelError('missing_sentence', `No sentence vector was given for a text of ${text.length} characters. Encode all that textsToEncode names.`);
    return vector;
  };
  return { id, dimensions, of };
}

/**
 * The vectors that a training is to use; none where it may not read them.
 * Throws `missing_encoder` where the base needs an encoder that is not there, or another one.
 */
export function sentencesOfTraining({ base, recipe, given }: { base: Checkpoint | null; recipe: Pick<Recipe, 'start'>; given: SentenceVectors | undefined }): SentenceVectors | null {
  if (!mayReadSentences({ recipe, base })) return null;
  const needed = base?.encoder ?? null;
  if (needed !== null) checkEncoder(needed, given);
  if (given === undefined) return null;
  const kept = base?.sentences ?? new Map<string, Float32Array>();
  return { id: given.id, dimensions: given.dimensions, of: (text) => kept.get(text) ?? given.of(text) };
}

function checkEncoder(needed: EncoderIdentity, given: EncoderIdentity | undefined): void {
  if (given?.id === needed.id) return;
  const found = given === undefined ? 'there is none here' : `the one here is ${given.id.slice(0, 12)}`;
  throw new EmbeddedModelError('missing_encoder', `The model was trained with the sentence encoder ${needed.id.slice(0, 12)}, and ${found}. Provide that encoder, or train from nothing without one.`);
}
