// Shared by the two benches: the USS dialogues as interactions with the label of the user's next turn (mean satisfaction below 3).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { detectConversations, groupByConversation, readLogLine } from '@ratchet/signals';

export const SETS = ['uss_sgd', 'uss_mwoz', 'uss_redial', 'uss_ccpe'];

export const dataFolder = () => {
  const folder = process.env.RATCHET_DATA_DIR;
  if (folder) return folder;
  console.error('Set RATCHET_DATA_DIR to the folder with uss_sgd.jsonl, uss_mwoz.jsonl, uss_redial.jsonl and uss_ccpe.jsonl.');
  process.exit(3);
};

export const readDialogues = (set) =>
  readFileSync(join(dataFolder(), `${set}.jsonl`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** One row per user turn with a label: the detection of the interaction before it, undefined for a user's opening message. */
export const labelledTurns = (dialogues, options = {}) => {
  const events = dialogues.flatMap(({ id, turns }, i) => readLogLine({ id, turns: turns.map(({ role, text }) => ({ role, text })) }, i));
  const byId = new Map(detectConversations(groupByConversation(events), options).map((detection) => [detection.interactionId, detection]));
  return dialogues.flatMap(({ id, turns }) => {
    const rows = [];
    let replyAt;
    let asked = false;
    turns.forEach(({ role, satisfaction }, i) => {
      if (role === 'assistant') {
        if (turns[i - 1]?.role !== 'assistant') replyAt = i;
        return;
      }
      if (turns[i - 1]?.role === 'user') return;
      if (typeof satisfaction === 'number') rows.push({ id, label: satisfaction < 3 ? 1 : 0, detection: asked ? byId.get(`${id}#${replyAt}`) : undefined });
      asked = true;
    });
    return rows;
  });
};

export const rocAuc = (rows) => {
  const sorted = [...rows].sort((a, b) => a.score - b.score);
  let rankSum = 0;
  let positives = 0;
  for (let i = 0; i < sorted.length; ) {
    let end = i;
    while (end < sorted.length && sorted[end].score === sorted[i].score) end += 1;
    for (let j = i; j < end; j += 1) {
      if (sorted[j].label !== 1) continue;
      rankSum += (i + end + 1) / 2;
      positives += 1;
    }
    i = end;
  }
  const negatives = rows.length - positives;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
};

export const agreement = (rows, threshold = 0.5) => {
  let hits = 0;
  let flagged = 0;
  let positives = 0;
  for (const { score, label } of rows) {
    positives += label;
    if (score < threshold) continue;
    flagged += 1;
    hits += label;
  }
  return { precision: hits / Math.max(1, flagged), recall: hits / Math.max(1, positives), f1: (2 * hits) / Math.max(1, flagged + positives) };
};

export const bestThreshold = (rows) => {
  const sorted = [...rows].sort((a, b) => b.score - a.score);
  const positives = rows.reduce((sum, { label }) => sum + label, 0);
  let best = { f1: 0, threshold: 0.5 };
  let hits = 0;
  sorted.forEach(({ score, label }, i) => {
    hits += label;
    const f1 = (2 * hits) / (i + 1 + positives);
    if (f1 > best.f1 && sorted[i + 1]?.score !== score) best = { f1, threshold: score };
  });
  return best;
};
