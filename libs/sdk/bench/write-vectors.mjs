// Writes vectors.json, by which implementations in other languages check themselves. Usage: node bench/write-vectors.mjs (build first).
// src/vectors.spec.ts holds the file against the code, and against values that others publish.
import { writeFileSync } from 'node:fs';
import { armOf, bucketOf, BUCKETS, murmur3 } from '../dist/index.js';

const published = ['ejOoVL', 'bY9fO-', 'SI7p-', '6LvT0', 'ceQdGm', 'gr1:123', 'feat:hellø', 'feat:你好', 'feat:😊'];
const tails = ['', 'a', 'ab', 'abc', 'abcd', 'abcde', '\u0000', '\u0000\u0000'];
const unusual = ['é', 'e\u0301', '🇩🇪', '👩‍🚀', 'ключ', 'مفتاح', '\ufeffa', '\ud83d', 'a\ud83d', '\ude0ab', '\ud83d\ud83d\ude0a', '\ude0a\ud83d', 'ä'.repeat(700)];
const salts = ['rollout-7', 'r:1', 'Übung'];
const keys = ['conversation-0', 'conversation-1', 'conversation-2', 'conversation-3', 'user 17', '用户-1', '😊', '\ud83d', 'x'.repeat(200)];
const sizes = [[0.01], [0.25], [0.5], [0.95], [1], [0.1, 0.1], [0.1, 0.9], [0.3, 0]];
// Products that binary floating point puts a hair beside the whole number of buckets.
const shares = [0, 0.01, 0.07, 0.29, 0.57, 0.7, 1];

const vectors = {
  murmur3: [...published, ...tails, ...unusual].map((text) => ({ text, hash: murmur3(text) })),
  arms: shares.flatMap((share) => {
    const size = Math.round(share * BUCKETS);
    const edges = [0, size - 1, size, BUCKETS - size - 1, BUCKETS - size, BUCKETS - 1].filter((bucket) => bucket >= 0 && bucket < BUCKETS);
    return [...new Set(edges)].map((bucket) => ({ bucket, share, controlShare: null, arm: armOf({ bucket, share }) }));
  }),
  assignments: salts.flatMap((salt) =>
    keys.map((key, at) => {
      const [share, controlShare] = sizes[(at + salt.length) % sizes.length];
      const bucket = bucketOf(salt, key);
      return { salt, key, bucket, share, controlShare: controlShare ?? null, arm: armOf({ bucket, share, controlShare }) };
    }),
  ),
};

const lines = Object.entries(vectors).map(([name, rows]) => `  ${JSON.stringify(name)}: [\n${rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n')}\n  ]`);
writeFileSync(new URL('../vectors.json', import.meta.url), `{\n${lines.join(',\n')}\n}\n`);
