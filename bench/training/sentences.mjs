// Sentence vectors of all texts of a run, encoded once and kept: what is measured is training, and encoding costs the same for every recipe.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sentenceVectors } from '../../libs/embedded-model/dist/sentence-vectors.js';
import { ensureEncoderFiles, SENTENCE_DIMENSIONS, SentenceEncoder } from '../../libs/sentence-encoder/dist/index.js';
import { root, say } from '../shared/report.mjs';

const folder = join(root, '.ratchet', 'bench');

const readKept = (id) => {
  const [texts, vectors] = ['texts.json', 'vectors.bin'].map((end) => join(folder, `sentences-${id.slice(0, 12)}-${end}`));
  if (!existsSync(texts) || !existsSync(vectors)) return new Map();
  const bytes = readFileSync(vectors);
  const floats = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return new Map(JSON.parse(readFileSync(texts, 'utf8')).map((text, i) => [text, floats.subarray(i * SENTENCE_DIMENSIONS, (i + 1) * SENTENCE_DIMENSIONS)]));
};

const keep = (id, known) => {
  mkdirSync(folder, { recursive: true });
  const floats = new Float32Array(known.size * SENTENCE_DIMENSIONS);
  [...known.values()].forEach((vector, i) => floats.set(vector, i * SENTENCE_DIMENSIONS));
  writeFileSync(join(folder, `sentences-${id.slice(0, 12)}-vectors.bin`), Buffer.from(floats.buffer));
  writeFileSync(join(folder, `sentences-${id.slice(0, 12)}-texts.json`), JSON.stringify([...known.keys()]));
};

/** `{ vectors, cpuMsAText }`; the time is null where every text was known. */
export const encodeAll = async (texts) => {
  const encoder = await SentenceEncoder.load(await ensureEncoderFiles({ cacheDir: join(root, '.ratchet'), onProgress: say }));
  try {
    const known = readKept(encoder.id);
    const missing = [...new Set(texts)].filter((text) => !known.has(text));
    if (missing.length > 0) say(`encoding ${missing.length} texts`);
    const start = process.cpuUsage();
    for (const text of missing) known.set(text, await encoder.encode(text));
    const { user, system } = process.cpuUsage(start);
    if (missing.length > 0) keep(encoder.id, known);
    return { vectors: sentenceVectors({ id: encoder.id, dimensions: SENTENCE_DIMENSIONS }, known), cpuMsAText: missing.length > 0 ? (user + system) / 1e3 / missing.length : null };
  } finally {
    await encoder.close();
  }
};
