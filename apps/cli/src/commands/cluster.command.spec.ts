import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { memoryIo } from '../memory-io.js';
import { runCli } from '../program.js';

const run = async (input: string, ...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
  const io = memoryIo(input);
  const code = await runCli(['cluster', ...argv], io);
  return { code, ...io.written() };
};

const queries = ['where is my parcel', 'I forgot my password', 'my parcel is late', 'reset the password', 'parcel lost again', 'password not accepted'];
const input = queries.map((query, i) => JSON.stringify({ id: `q${i}`, query, response: 'Sorry.' })).join('\n');

describe('ratchet cluster', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ratchet-cluster-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('prints the cluster of every failure in the order of the input', async () => {
    const { code, stdout } = await run(input, '-', '--k', '2');
    const rows = stdout.trim().split('\n').map((line) => JSON.parse(line) as { id: string; cluster: string });
    expect(code).toBe(0);
    expect(rows.map(({ id }) => id)).toEqual(['q0', 'q1', 'q2', 'q3', 'q4', 'q5']);
    const [parcel, password] = [rows[0]?.cluster, rows[1]?.cluster];
    expect(parcel).not.toBe(password);
    expect(rows.map(({ cluster }) => cluster)).toEqual([parcel, password, parcel, password, parcel, password]);
  });

  test('writes a summary with sizes and representatives', async () => {
    const path = join(folder, 'summary.json');
    await run(input, '-', '--k', '2', '--summary', path);
    const summary = JSON.parse(await readFile(path, 'utf8')) as { items: number; k: number; clusters: { size: number; representatives: { query: string }[] }[] };
    expect(summary).toMatchObject({ items: 6, k: 2, clusters: [{ size: 3 }, { size: 3 }] });
    expect(summary.clusters[0]?.representatives.every(({ query }) => queries.includes(query))).toBe(true);
  });

  test('names attributes that set a cluster apart', async () => {
    const path = join(folder, 'attributes.json');
    const many = Array.from({ length: 40 }, (_, i) => JSON.stringify({ id: `m${i}`, query: queries[i % 2], attributes: { locale: i % 2 === 0 ? 'de' : 'en' } })).join('\n');
    await run(many, '-', '--k', '2', '--summary', path);
    const { clusters } = JSON.parse(await readFile(path, 'utf8')) as { clusters: { commonPatterns: { kind: string; pattern: string }[] }[] };
    expect(clusters.map(({ commonPatterns }) => commonPatterns.find(({ kind }) => kind === 'attribute')?.pattern).sort()).toEqual(['locale = de', 'locale = en']);
  });

  test.each([
    [`${input}\n{"id":"q9"}`, ['-'], 'line 7: query'],
    [`${input}\n{"id":"q0","query":"x"}`, ['-'], 'line 7: the id "q0" is already on line 1'],
    [input, ['-', '--k', '9'], '--k asks for 9 clusters of 6 failures'],
    [input, ['-', '--k', 'two'], 'whole number'],
    [input, ['/no/such/file'], 'cannot read /no/such/file'],
  ])('refuses bad input with 2 and a message', async (text, argv, message) => {
    const { code, stdout, stderr } = await run(text, ...argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
