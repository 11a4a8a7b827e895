#!/usr/bin/env node
// A training program for Ratchet's `command` trainer. It learns which answer goes with which words (naive Bayes), which needs no GPU and no package; put your own
// training in its place and keep the edges: job.json and the data files in, result.json out, exit code 0.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const BAD_INPUT = 65;
const folder = process.cwd();
const job = JSON.parse(readFileSync(process.env.RATCHET_JOB ?? join(folder, 'job.json'), 'utf8'));
if (job.format !== 1) {
  process.stderr.write(`this program knows format 1 of job.json, and not ${job.format}\n`);
  process.exit(BAD_INPUT);
}

// A file without rows may be missing, where it was fetched by something that writes no empty files.
const rowsOf = (name) => !existsSync(join(folder, name)) ? [] : readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
const wordsOf = (text) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
const examples = [...rowsOf('examples.jsonl'), ...rowsOf('retention.jsonl')].map(({ messages: [question, answer], weight = 1 }) => ({ words: wordsOf(question.content), answer: answer.content, weight }));

/** Every fifth example is kept apart, to see what was learnt; with fewer than ten, none is. */
const isHeldOut = (index) => examples.length >= 10 && index % 5 === 4;

const learn = (rows) => {
  const answers = new Map();
  for (const { words, answer, weight } of rows) {
    const known = answers.get(answer) ?? { weight: 0, words: new Map(), total: 0 };
    known.weight += weight;
    for (const word of words) {
      known.words.set(word, (known.words.get(word) ?? 0) + weight);
      known.total += weight;
    }
    answers.set(answer, known);
  }
  return answers;
};

const vocabulary = new Set(examples.flatMap(({ words }) => words)).size;
const predict = (answers, words) => {
  const all = [...answers.values()].reduce((sum, { weight }) => sum + weight, 0);
  const score = ({ weight, words: counts, total }) => words.reduce((sum, word) => sum + Math.log(((counts.get(word) ?? 0) + 1) / (total + vocabulary)), Math.log(weight / all));
  return [...answers].reduce((best, [answer, known]) => (score(known) > best.score ? { answer, score: score(known) } : best), { answer: '', score: -Infinity }).answer;
};
const accuracy = (answers, rows) => (rows.length === 0 ? 0 : rows.filter(({ words, answer }) => predict(answers, words) === answer).length / rows.length);

const heldOut = examples.filter((_, index) => isHeldOut(index));
const answers = learn(examples.filter((_, index) => !isHeldOut(index)));
process.stdout.write(`learnt ${answers.size} answers from ${examples.length - heldOut.length} examples\n`);
writeFileSync(join(folder, 'model.json'), JSON.stringify([...answers].map(([answer, { weight, words }]) => ({ answer, weight, words: Object.fromEntries(words) }))));

// Here a real program hands model.json to whatever serves it, and `model` is its id there. The result is written last, and in one piece.
const result = {
  model: `${job.baseModel.split('@')[0]}@${job.cycleId}`,
  metrics: { examples: examples.length, answers: answers.size, ...(heldOut.length > 0 && { held_out_accuracy: accuracy(answers, heldOut) }) },
};
writeFileSync(join(folder, 'result.draft.json'), JSON.stringify(result));
renameSync(join(folder, 'result.draft.json'), join(folder, 'result.json'));
