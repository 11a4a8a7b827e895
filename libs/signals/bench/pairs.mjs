// How well two thresholds together tell a rewrite from another question, on published pairs; by default for hashed n-grams.
// Usage: RATCHET_DATA_DIR=folder node bench/pairs.mjs     (build the library first)
import { HASHED_EMBEDDING, MessageComparer, profileOf, signalsConfigSchema, similarityThresholds } from '@ratchet/signals';
import { readDialogues } from './uss.mjs';

const open = new MessageComparer({ config: signalsConfigSchema.parse({ similarity: { cosine: 0, overlap: 0 } }), embedding: HASHED_EMBEDDING });
const compared = readDialogues('reformulation_pairs').map(({ kind, a, b, same }) => {
  const { cosine, overlap } = open.similarity(profileOf(a, 'user'), profileOf(b, 'user'));
  open.forget();
  return { kind, cosine, overlap, same: same === 1 };
});
const tasks = {
  'questions to doctors: rewrite or related': ['rewrite', 'related_but_different'],
  'search: rewrite or next question as asked': ['resolved_rewrite', 'next_question_as_asked'],
  'search: rewrite or next question resolved': ['resolved_rewrite', 'next_question_resolved'],
};
const rowsOf = (kinds) => compared.filter(({ kind }) => kinds.includes(kind));
const f1Of = (rows, thresholds) => {
  const flagged = rows.filter((row) => row.cosine > thresholds.cosine && row.overlap >= thresholds.overlap);
  const hits = flagged.filter(({ same }) => same).length;
  const all = rows.filter(({ same }) => same).length;
  return { precision: hits / Math.max(1, flagged.length), recall: hits / all, f1: (2 * hits) / Math.max(1, flagged.length + all) };
};
const grid = [];
for (let cosine = 20; cosine <= 80; cosine += 2) for (let overlap = 0; overlap <= 50; overlap += 5) grid.push({ cosine: cosine / 100, overlap: overlap / 100 });
const bestFor = (groups) =>
  grid.reduce((best, thresholds) => {
    const f1 = groups.reduce((sum, rows) => sum + f1Of(rows, thresholds).f1, 0) / groups.length;
    return f1 > best.f1 ? { f1, thresholds } : best;
  }, { f1: -1 }).thresholds;
const shown = (name, rows, thresholds) => {
  const { precision, recall, f1 } = f1Of(rows, thresholds);
  console.log(`  ${name.padEnd(16)} ${String(thresholds.cosine).padEnd(4)} and ${String(thresholds.overlap).padEnd(4)}  P ${precision.toFixed(3)} R ${recall.toFixed(3)} F1 ${f1.toFixed(3)}`);
};
const shared = bestFor(Object.values(tasks).map(rowsOf));
for (const [name, kinds] of Object.entries(tasks)) {
  const rows = rowsOf(kinds);
  console.log(`${name} (${rows.length} pairs, ${rows.filter(({ same }) => same).length} the same)`);
  shown('0.8 alone', rows, { cosine: 0.8, overlap: 0 });
  shown('defaults', rows, similarityThresholds[HASHED_EMBEDDING.name]);
  shown('best for all', rows, shared);
  shown('best for this', rows, bestFor([rows]));
}
