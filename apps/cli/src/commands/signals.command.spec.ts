import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { partOf } from '@ratchet/signals';

import { memoryIo } from '../memory-io.js';
import { runCli } from '../program.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ratchet-signals-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const run = async (input: string, ...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
  const io = memoryIo(input);
  const code = await runCli(argv, io);
  return { code, ...io.written() };
};

const at = (seconds: number): string => new Date(Date.UTC(2026, 2, 2, 9) + seconds * 1_000).toISOString();
const event = (id: string, type: string, data: object): string => JSON.stringify({ specversion: '1.0', id, source: '/product', type: `ratchet.${type}`, data });
const asked = (talk: number, turn: number, query: string): string =>
  event(`e${talk}.${turn}`, 'interaction.completed', {
    interactionId: `i${talk}.${turn}`,
    conversationId: `c${talk}`,
    workload: 'support',
    model: 'm',
    version: 'v1',
    input: [{ role: 'user', content: query }],
    output: { content: 'Open the page of the order to follow the parcel.' },
    startedAt: at(talk * 3_600 + turn * 60),
    latencyMs: 500,
  });
const thumb = (talk: number, up: boolean): string =>
  event(`f${talk}`, 'feedback.given', { feedbackId: `f${talk}`, conversationId: `c${talk}`, interactionId: `i${talk}.0`, name: 'thumbs', value: up, source: { type: 'user' }, givenAt: at(talk * 3_600 + 30) });

/** Users of this product who were not helped go on with "I need"; the others ask how something works. */
const product = (talks: number, isFailure: (talk: number) => boolean): string[] =>
  Array.from({ length: talks }, (_, talk) => [
    asked(talk, 0, `where is my parcel number ${talk}`),
    thumb(talk, !isFailure(talk)),
    asked(talk, 1, talk % 3 === 0 ? 'i need the invoice for march' : 'how does the voucher work'),
  ]).flat();
const needsAreFailures = (talk: number): boolean => talk % 3 === 0;
const logOf = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

describe('ratchet signals fit', () => {
  test('learns what failures look like in a product, and detect works with it', async () => {
    const out = join(folder, 'weights.json');
    const log = logOf(product(300, needsAreFailures));
    const { code, stdout } = await run(log, 'signals', 'fit', '-', '--out', out);
    expect(code).toBe(0);
    const { heldOut, written, version } = JSON.parse(stdout) as { heldOut: { old: { f1: number; logLoss: number }; new: { f1: number; logLoss: number }; labels: number }; written: boolean; version: string };
    expect(written).toBe(true);
    expect(heldOut.new.logLoss).toBeLessThan(heldOut.old.logLoss);
    expect(heldOut.new.f1).toBeGreaterThan(0.9);
    expect(heldOut.old.f1).toBeLessThan(0.9);
    expect(JSON.parse(await readFile(out, 'utf8'))).toMatchObject({ version, learntFrom: { labels: 300 - heldOut.labels } });

    const unlabelled = logOf(product(6, needsAreFailures).filter((line) => !line.includes('feedback.given')));
    const { stdout: found } = await run(unlabelled, 'detect', '-', '--weights', out);
    const first = found.trim().split('\n').map((line) => JSON.parse(line) as { interactionId: string; failed: boolean }).filter(({ interactionId }) => interactionId.endsWith('.0'));
    expect(first.map(({ failed }) => failed)).toEqual([true, false, false, true, false, false]);
  });

  test('writes nothing and ends with 1 where what was learnt does not hold', async () => {
    // The labels of two thirds say the opposite of those of the rest, which are the ones that judge.
    const labels = join(folder, 'labels.jsonl');
    const out = join(folder, 'weights.json');
    const log = logOf(product(300, needsAreFailures).filter((line) => !line.includes('feedback.given')));
    const rows = Array.from({ length: 300 }, (_, talk) => ({ interactionId: `i${talk}.0`, label: needsAreFailures(talk) === isTaught(`c${talk}`) ? 'ok' : 'failed' }));
    await writeFile(labels, logOf(rows.map((row) => JSON.stringify(row))));
    const { code, stdout, stderr } = await run(log, 'signals', 'fit', '-', '--labels', labels, '--out', out);
    expect(code).toBe(1);
    expect(stderr).toContain('not written: the log loss on held-out conversations is higher');
    expect(JSON.parse(stdout)).toMatchObject({ written: false });
    await expect(readFile(out, 'utf8')).rejects.toThrow('ENOENT');
  });

  test('gives the same weights for the same log', async () => {
    const [a, b] = [join(folder, 'a.json'), join(folder, 'b.json')];
    const log = logOf(product(120, needsAreFailures));
    await run(log, 'signals', 'fit', '-', '--out', a);
    await run(log, 'signals', 'fit', '-', '--out', b);
    expect(await readFile(a, 'utf8')).toBe(await readFile(b, 'utf8'));
  });

  test('ends with 3 where there are too few labels', async () => {
    const { code, stdout, stderr } = await run(logOf(product(30, needsAreFailures)), 'signals', 'fit', '-');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('30 labelled interactions, 10 of them failed: it takes 50');
  });

  test.each([
    ['a log that is none', '{"id":"x"}', [], 'standard input, line 1'],
    ['weights that are none', '', ['--weights', 'WRONG'], 'wrong.json: version'],
    ['labels that are none', '', ['--labels', 'WRONG'], 'wrong.json, line 1: interactionId'],
    ['cues that are none', '', ['--cues', 'WRONG'], 'wrong.json'],
  ])('ends with 2 for %s', async (_what, input, options, message) => {
    const wrong = join(folder, 'wrong.json');
    await writeFile(wrong, '{}');
    const { code, stdout, stderr } = await run(input, 'signals', 'fit', '-', ...options.map((option) => (option === 'WRONG' ? wrong : option)));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe('ratchet signals check', () => {
  test('measures behaviour against feedback without looking at the feedback', async () => {
    const { code, stdout } = await run(logOf(product(60, needsAreFailures)), 'signals', 'check', '-');
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as { labels: number; failures: number; rocAuc: number; logLoss: number; reliability: unknown[] };
    expect(report).toMatchObject({ labels: 60, failures: 20 });
    // Had the thumbs been seen, every failure would be certain.
    expect(report.logLoss).toBeGreaterThan(0.2);
    expect(report.reliability.length).toBeGreaterThan(0);
  });

  test('ends with 3 where all labels are alike', async () => {
    expect((await run(logOf(product(10, () => false)), 'signals', 'check', '-')).code).toBe(3);
  });
});

/** Whether a conversation is among those that teach: its hash is what decides, as for the command. */
const isTaught = (conversationId: string): boolean => partOf(conversationId, 3) !== 0;
