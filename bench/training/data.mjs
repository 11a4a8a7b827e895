// The labelled sets that streams are made of: `{text, intent, domain}` rows, a part to learn from and a part to judge with.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../shared/report.mjs';

/** Share of each intent's rows that judges, where a file has no part for it; and share of what is left that recipes are chosen on. */
const TEST_SHARE = 0.25;
const SELECTION_SHARE = 0.2;
const OUT_OF_SCOPE = new Set(['oos', 'out_of_scope']);
const files = { support: join(root, 'apps/cli/data/support.jsonl'), clinc150: 'clinc150.jsonl', banking77: 'banking77.jsonl' };

const hashOf = (text) => createHash('sha256').update(text).digest('hex');
const byHash = (rows) => rows.map((row) => ({ row, key: hashOf(row.text) })).sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ row }) => row);

/** Cuts each intent's rows in two, by the hash of their text: nobody chooses which. */
const cut = (rows, share) => {
  const parts = [[], []];
  for (const group of Map.groupBy(rows, ({ intent }) => intent).values()) {
    const count = Math.round(group.length * share);
    byHash(group).forEach((row, place) => parts[place < count ? 0 : 1].push(row));
  }
  return parts;
};

const read = (path) => readFileSync(path, 'utf8').trim().split('\n').map((line) => JSON.parse(line));

/**
 * The set by its name, or null where its file is not there. With `part` = `test` recipes are judged on the test part; with `selection`
 * on a part that is cut from the training rows, which are fewer by it: that is where numbers of recipes are chosen.
 */
export const readSet = ({ name, folder, part }) => {
  const path = name === 'support' ? files.support : join(folder ?? '', files[name]);
  if ((name !== 'support' && !folder) || !existsSync(path)) return null;
  const rows = read(path).filter(({ intent }) => !OUT_OF_SCOPE.has(intent));
  const judging = rows.some(({ split }) => split === 'test') ? 'test' : 'val';
  const [test, train] = rows.some(({ split }) => split === judging) ? [rows.filter(({ split }) => split === judging), rows.filter(({ split }) => split === 'train')] : cut(rows, TEST_SHARE);
  if (part === 'test') return { train, test };
  const [selection, rest] = cut(train, SELECTION_SHARE);
  return { train: rest, test: selection };
};
