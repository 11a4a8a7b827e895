// Makes apps/cli/data/support.jsonl of the texts in apps/cli/data/support/*.txt: near-duplicates go, the rest is sorted into
// `{text, intent, split, domain}` lines and an answer per intent. `--check` only says whether the file is current and large enough.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const folder = join(import.meta.dirname, '../apps/cli/data');
const SIMILAR = 0.6;
const PER_INTENT_MIN = 60;
const OUT_OF_SCOPE_MIN = 300;

const normalize = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim();

const trigrams = (text) => {
  const padded = ` ${normalize(text)} `;
  return new Set(Array.from({ length: Math.max(0, padded.length - 2) }, (_, i) => padded.slice(i, i + 3)));
};

const jaccard = (a, b) => {
  let shared = 0;
  for (const gram of a) if (b.has(gram)) shared += 1;
  return shared / (a.size + b.size - shared || 1);
};

const readIntents = (file) => {
  const intents = [];
  for (const raw of readFileSync(join(folder, 'support', file), 'utf8').split('\n')) {
    const line = raw.trim();
    const heading = /^# (intent|answer): (.+)$/.exec(line);
    if (heading?.[1] === 'intent') intents.push({ intent: heading[2], domain: basename(file, '.txt'), answer: '', texts: [] });
    else if (heading?.[1] === 'answer') intents.at(-1).answer = heading[2];
    else if (line !== '' && !line.startsWith('#')) intents.at(-1).texts.push(line);
  }
  return intents;
};

/** Keeps the first of every pair that is too alike; texts that two intents share go from both. */
const clean = (intents) => {
  const owners = new Map();
  for (const { intent, texts } of intents) for (const text of texts) owners.set(normalize(text), (owners.get(normalize(text)) ?? new Set()).add(intent));
  let dropped = 0;
  for (const entry of intents) {
    const kept = [];
    for (const text of entry.texts) {
      const grams = trigrams(text);
      if (owners.get(normalize(text)).size > 1 || kept.some((other) => jaccard(other.grams, grams) > SIMILAR)) dropped += 1;
      else kept.push({ text, grams });
    }
    entry.texts = kept.map(({ text }) => text);
  }
  return dropped;
};

const order = (text) => createHash('sha256').update(text).digest('hex');

const files = readdirSync(join(folder, 'support')).filter((file) => file.endsWith('.txt')).sort();
const intents = files.flatMap(readIntents);
const dropped = clean(intents);
const problems = intents.flatMap(({ intent, answer, texts }) => {
  const least = intent === 'out_of_scope' ? OUT_OF_SCOPE_MIN : PER_INTENT_MIN;
  return [...(answer ? [] : [`${intent} has no answer`]), ...(texts.length < least ? [`${intent} has ${texts.length} texts, not ${least}`] : [])];
});

// A third of each intent is kept for judging: it never appears as traffic or training data.
const lines = intents.flatMap(({ intent, domain, texts }) =>
  [...texts].sort((a, b) => (order(a) < order(b) ? -1 : 1)).map((text, i) => JSON.stringify({ text, intent, split: i % 3 === 0 ? 'test' : 'train', domain })),
);
const data = `${lines.join('\n')}\n`;
const answers = `${JSON.stringify(Object.fromEntries(intents.map(({ intent, answer }) => [intent, answer])), null, 2)}\n`;

console.error(`${intents.length} intents in ${files.length} files, ${lines.length} texts, ${dropped} near-duplicates left out`);
for (const problem of problems) console.error(`  ${problem}`);
if (process.argv.includes('--check')) {
  const current = readFileSync(join(folder, 'support.jsonl'), 'utf8') === data && readFileSync(join(folder, 'support.answers.json'), 'utf8') === answers;
  if (!current) console.error('  support.jsonl is not what the texts make: run `node tools/support-data.mjs`');
  process.exit(current && problems.length === 0 ? 0 : 1);
}
writeFileSync(join(folder, 'support.jsonl'), data);
writeFileSync(join(folder, 'support.answers.json'), answers);
process.exit(problems.length === 0 ? 0 : 1);
