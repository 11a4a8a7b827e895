import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { CommandTable } from '../command-module.js';
import { memoryIo } from '../memory-io.js';
import { runCli } from '../program.js';
import { folderOf } from './model-reference.js';

const table: CommandTable = {
  train: { description: 'train', load: () => import('./train.command.js') },
  predict: { description: 'predict', load: () => import('./predict.command.js') },
};

const folder = mkdtempSync(join(tmpdir(), 'ratchet-train-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, lines: readonly object[]): string => {
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return path;
};

const run = async (argv: string[], input = ''): Promise<{ code: number; stdout: string; stderr: string }> => {
  const io = memoryIo(input);
  // Sentence embeddings have tests of their own, with the real encoder.
  const code = await runCli(argv[0] === 'train' ? [...argv, '--no-sentences'] : argv, io, table);
  return { code, ...io.written() };
};

const about = (thing: string): object[] =>
  ['where is my', 'I lost the', 'tell me about a', 'please help with my', 'what about the', 'news of my'].map((start, index) => ({
    id: `${thing}-${index}`,
    messages: [{ role: 'user', content: `${start} ${thing}` }, { role: 'assistant', content: `About the ${thing}.` }],
  }));

const ask = (id: string, content: string): object => ({ id, messages: [{ role: 'user', content }] });
const known = ['card', 'order', 'parcel', 'invoice'];
const examples = file('examples.jsonl', known.flatMap(about));
const base = join(folder, 'base');
const questions = file('questions.jsonl', [ask('q1', 'my card please'), ask('q2', 'the ticket please'), ask('q3', 'my order please')]);

const outputs = async (model: string): Promise<unknown[]> => {
  const { stdout } = await run(['predict', '--model', model, questions]);
  return stdout.trimEnd().split('\n').map((line) => (JSON.parse(line) as { output: unknown }).output);
};

describe('ratchet train and predict', () => {
  beforeAll(async () => {
    expect((await run(['train', '--examples', examples, '--out', base])).code).toBe(0);
  });

  test('train describes the model on one line and reports progress on standard error', async () => {
    const { stdout, stderr } = await run(['train', '--examples', examples, '--out', join(folder, 'again')]);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({ recipe: 'scratch', examples: 24, answers: 4, parentHash: null });
    expect(stderr).toMatch(/epoch 20\/20: 24 examples/u);
    expect(readFileSync(join(folder, 'again', 'weights.bin')).equals(readFileSync(join(base, 'weights.bin')))).toBe(true);
  });

  test('predict answers every line in order, also when it abstains', async () => {
    const { code, stdout } = await run(['predict', '--model', base, '-'], `${JSON.stringify(ask('a', 'my card please'))}\n${JSON.stringify(ask('b', 'zzz qqq'))}\n`);
    const lines = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(code).toBe(0);
    expect(lines.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(lines[0]).toEqual({ id: 'a', output: 'About the card.', confidence: expect.any(Number), abstained: false });
    expect(lines[1]).toMatchObject({ output: expect.stringMatching(/^About the /u), abstained: true });
  });

  test('an update learns the new answer and keeps the old ones', async () => {
    const updated = join(folder, 'updated');
    const { code } = await run(['train', '--base', base, '--examples', file('new.jsonl', about('ticket')), '--retention', examples, '--out', updated]);
    expect(code).toBe(0);
    expect(await outputs(base)).not.toContain('About the ticket.');
    expect(await outputs(updated)).toEqual(['About the card.', 'About the ticket.', 'About the order.']);
  });

  test('exits 2 for a bad line and names it, before anything is written', async () => {
    const out = join(folder, 'never');
    const bad = file('bad.jsonl', [...about('card'), { messages: [{ role: 'user', content: 'no answer' }] }]);
    const { code, stdout, stderr } = await run(['train', '--examples', bad, '--out', out]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('line 7');
    expect(existsSync(out)).toBe(false);
    const asked = await run(['predict', '--model', base, file('bad-questions.jsonl', [ask('a', 'x'), { id: 'b' }])]);
    expect({ code: asked.code, stdout: asked.stdout }).toEqual({ code: 2, stdout: '' });
    expect(asked.stderr).toContain('line 2');
  });

  test.each([
    ['an unknown recipe', ['--recipe', 'magic'], /--recipe must be one of/u],
    ['an update without a base', ['--recipe', 'gentle'], /--base/u],
    ['a seed that is none', ['--seed', 'x'], /--seed must be/u],
  ])('exits 2 for %s', async (_, argv, message) => {
    const { code, stderr } = await run(['train', '--examples', examples, '--out', join(folder, 'x'), ...argv]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  test('exits 2 where there is no model', async () => {
    expect(await run(['predict', '--model', join(folder, 'nothing'), questions])).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no model') });
  });
});

describe('a model reference', () => {
  test('is a path, or a version in the models folder', () => {
    expect(folderOf('./out/model', {})).toBe('./out/model');
    expect(folderOf('support@0123456789ab', { RATCHET_MODELS_DIR: '/models' })).toBe('/models/support@0123456789ab');
    expect(() => folderOf('support@0123456789ab', {})).toThrow(/RATCHET_MODELS_DIR/u);
  });
});
