import { createHash } from 'node:crypto';
import type { AnswerClass, Checkpoint, Provenance } from './checkpoint.js';
import type { Calibration } from './calibration.js';
import { EmbeddedModelError } from './embedded-model.error.js';
import { FEATURE_SLOTS, FEATURES_VERSION } from './featurize.js';
import { Fisher } from './fisher.js';
import { LinearSoftmax } from './linear-softmax.js';
import { ReplayBuffer, type ReplayEntry } from './replay-buffer.js';
import type { EncoderIdentity } from './sentence-vectors.js';

const FORMAT = 'ratchet-embedded-model';
const FORMAT_VERSION = 2;

/** A checkpoint as the bytes of its files, and the hash that names it. */
export interface EncodedCheckpoint {
  readonly header: Buffer;
  readonly weights: Buffer;
  readonly memory: Buffer;
  /** Vectors of the remembered texts, float32 in their order; null for a model without sentence vectors. */
  readonly sentences: Buffer | null;
  /** sha256, over the header with the other files' hashes in it: it covers everything. */
  readonly contentHash: string;
}

interface HeaderBody {
  readonly format: string;
  readonly formatVersion: number;
  readonly features: string;
  readonly slots: number;
  readonly classes: readonly AnswerClass[];
  readonly fallbackAnswer: string;
  readonly calibration: Calibration;
  readonly provenance: Provenance;
  readonly weightsSha256: string;
  readonly memorySha256: string;
  /** Both absent for a model of n-grams alone. */
  readonly encoder?: EncoderIdentity;
  readonly sentencesSha256?: string;
}

interface Memory {
  readonly perClass: number;
  readonly seen: readonly (readonly [number, number])[];
  readonly replay: readonly ReplayEntry[];
  readonly heldOut: readonly ReplayEntry[];
}

/** Deterministic: the same checkpoint gives the same bytes. */
export function encodeCheckpoint(checkpoint: Checkpoint): EncodedCheckpoint {
  const weights = encodeWeights(checkpoint.head, checkpoint.fisher);
  const { replay, heldOut } = checkpoint;
  const stored: Memory = { perClass: replay.perClass, seen: replay.seen(), replay: replay.entries(), heldOut };
  const memory = Buffer.from(`${JSON.stringify(stored)}\n`);
  const sentences = encodeSentenceRows(checkpoint);
  const body: HeaderBody = {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    features: FEATURES_VERSION,
    slots: checkpoint.head.slots,
    classes: checkpoint.classes,
    fallbackAnswer: checkpoint.fallbackAnswer,
    calibration: checkpoint.calibration,
    provenance: checkpoint.provenance,
    weightsSha256: sha256(weights),
    memorySha256: sha256(memory),
    ...(checkpoint.encoder !== null && { encoder: checkpoint.encoder }),
    ...(sentences !== null && { sentencesSha256: sha256(sentences) }),
  };
  const contentHash = sha256(JSON.stringify(body));
  const header = Buffer.from(`${JSON.stringify({ ...body, contentHash }, null, 2)}\n`);
  return { header, weights, memory, sentences, contentHash };
}

/** Reads a header and checks its hash. `source` names the file in errors. */
export function decodeHeader(header: Buffer, source: string): HeaderBody & { readonly contentHash: string } {
  const parsed = parseJson(header, source) as (HeaderBody & { contentHash: string }) | null;
  if (parsed?.format !== FORMAT) throw corrupt(source, 'it is not the header of an embedded model.');
  const slots = FEATURE_SLOTS + (parsed.encoder?.dimensions ?? 0);
  if (parsed.formatVersion !== FORMAT_VERSION || parsed.features !== FEATURES_VERSION || parsed.slots !== slots) {
    const found = `format ${parsed.formatVersion}, features ${parsed.features}, ${parsed.slots} slots`;
    const known = `format ${FORMAT_VERSION}, features ${FEATURES_VERSION}, ${slots} slots`;
    throw new EmbeddedModelError('incompatible_checkpoint', `${source} has ${found}; this release reads ${known}. Train the model again with this release.`);
  }
  const { contentHash, ...body } = parsed;
  if (sha256(JSON.stringify(body)) !== contentHash) throw corrupt(source, 'its content hash does not match.');
  return parsed;
}

export function decodeCheckpoint(encoded: Omit<EncodedCheckpoint, 'contentHash'>, source: string): { checkpoint: Checkpoint; contentHash: string } {
  const { contentHash, classes, fallbackAnswer, calibration, provenance, weightsSha256, memorySha256, slots, encoder = null, sentencesSha256 } = decodeHeader(encoded.header, source);
  if (sha256(encoded.memory) !== memorySha256) throw corrupt(source, 'its replay memory does not match the hash in the header.');
  const { head, fisher } = decodeWeights({ bytes: encoded.weights, sha: weightsSha256, classes: classes.length, slots, source });
  const { perClass, seen, replay, heldOut } = parseJson(encoded.memory, source) as Memory;
  const buffer = ReplayBuffer.restore({ perClass, seen, entries: replay });
  const sentences = decodeSentenceRows({ bytes: encoded.sentences, sha: sentencesSha256, encoder, texts: [...buffer.entries(), ...heldOut].map(({ text }) => text), source });
  return { contentHash, checkpoint: { classes, fallbackAnswer, calibration, provenance, head, fisher, replay: buffer, heldOut, encoder, sentences } };
}

function encodeSentenceRows({ encoder, sentences, replay, heldOut }: Checkpoint): Buffer | null {
  if (encoder === null) return null;
  const rows = [...replay.entries(), ...heldOut];
  const floats = new Float32Array(rows.length * encoder.dimensions);
  for (const [index, { text }] of rows.entries()) {
    const vector = sentences.get(text);
    if (vector === undefined) throw new EmbeddedModelError('missing_sentence', 'A remembered text of the model has no sentence vector; train it again.');
    floats.set(vector, index * encoder.dimensions);
  }
  return toBytes(floats);
}

interface SentenceRows {
  readonly bytes: Buffer | null;
  readonly sha: string | undefined;
  readonly encoder: EncoderIdentity | null;
  readonly texts: readonly string[];
  readonly source: string;
}

function decodeSentenceRows({ bytes, sha, encoder, texts, source }: SentenceRows): Map<string, Float32Array> {
  if (encoder === null) return new Map();
  const { dimensions } = encoder;
  if (bytes === null || sha256(bytes) !== sha || bytes.length !== 4 * dimensions * texts.length) throw corrupt(source, 'its sentence vectors do not match the hash in the header.');
  const floats = new Float32Array(new Uint8Array(bytes).buffer);
  return new Map(texts.map((text, index) => [text, floats.subarray(index * dimensions, (index + 1) * dimensions)]));
}

/**
 * Layout, little-endian: u32 number of stored rows; u32 slot of each; then float32 runs: bias, Fisher bias, the rows' weights, the
 * rows' Fisher values; the weights of all n-gram slots. A row that is all zero is not stored, so a model of few texts is a small file.
 */
function encodeWeights(head: LinearSoftmax, fisher: Fisher): Buffer {
  const { classes, stride } = head;
  const slots: number[] = [];
  for (let slot = 0; slot < head.slots; slot += 1) {
    if (hasContent(head.weights, slot * stride, classes) || hasContent(fisher.weights, slot * stride, classes)) slots.push(slot);
  }
  const floats = new Float32Array(2 * classes * (1 + slots.length) + FEATURE_SLOTS);
  floats.set(head.slotWeights, floats.length - FEATURE_SLOTS);
  floats.set(head.bias.subarray(0, classes), 0);
  floats.set(fisher.bias.subarray(0, classes), classes);
  let at = 2 * classes;
  for (const values of [head.weights, fisher.weights]) {
    for (const slot of slots) {
      floats.set(values.subarray(slot * stride, slot * stride + classes), at);
      at += classes;
    }
  }
  return Buffer.concat([toBytes(Uint32Array.of(slots.length, ...slots)), toBytes(floats)]);
}

function decodeWeights({ bytes, sha, classes, slots: slotCount, source }: { bytes: Buffer; sha: string; classes: number; slots: number; source: string }) {
  if (sha256(bytes) !== sha) throw corrupt(source, 'its weights do not match the hash in the header.');
  // Copied once, because a view needs an aligned start, which a pooled Buffer does not promise.
  const aligned = new Uint8Array(bytes).buffer;
  const rows = new Uint32Array(aligned, 0, 1)[0] as number;
  const slots = new Uint32Array(aligned, 4, rows);
  const floats = new Float32Array(aligned, 4 * (1 + rows));
  const head = new LinearSoftmax({ classes, slots: slotCount, slotWeights: floats.slice(floats.length - FEATURE_SLOTS) });
  const fisher = new Fisher({ classes, slots: slotCount });
  head.bias.set(floats.subarray(0, classes));
  fisher.bias.set(floats.subarray(classes, 2 * classes));
  let at = 2 * classes;
  for (const { values, stride } of [{ values: head.weights, stride: head.stride }, { values: fisher.weights, stride: fisher.stride }]) {
    for (const slot of slots) {
      values.set(floats.subarray(at, at + classes), slot * stride);
      at += classes;
    }
  }
  return { head, fisher };
}

function hasContent(values: Float32Array, from: number, length: number): boolean {
  for (let i = from; i < from + length; i += 1) if (values[i] !== 0) return true;
  return false;
}

function toBytes(values: Uint32Array | Float32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function parseJson(bytes: Buffer, source: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new EmbeddedModelError('corrupt_checkpoint', `${source} cannot be used: it is not valid JSON. Restore the folder from its origin, or train again.`, { cause });
  }
}

function corrupt(source: string, problem: string): EmbeddedModelError {
  return new EmbeddedModelError('corrupt_checkpoint', `${source} cannot be used: ${problem} Restore the folder from its origin, or train again.`);
}
