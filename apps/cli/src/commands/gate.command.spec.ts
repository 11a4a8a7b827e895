import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from '@jest/globals';
import type { GateReport } from '@ratchet/gates';

import { memoryIo } from '../memory-io.js';
import { runCli } from '../program.js';

const folder = mkdtempSync(join(tmpdir(), 'ratchet-gate-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const run = async (argv: string[], input = ''): Promise<{ code: number; stdout: string; stderr: string }> => {
  const io = memoryIo(input);
  const code = await runCli(['gate', ...argv], io);
  return { code, ...io.written() };
};

const targets = (right: number): string =>
  Array.from({ length: 100 }, (_, index) => JSON.stringify({ id: `t${index}`, suite: 'target', score: index < right ? 1 : 0 })).join('\n');

const incumbent = file('incumbent.jsonl', targets(50));
const better = file('better.jsonl', targets(90));
const worse = file('worse.jsonl', targets(40));
const config = file('config.json', '{"required":{"no_regression":false,"safety_pass":false}}');

describe('ratchet gate', () => {
  test.each([
    ['0 for a candidate that passed', ['--candidate', better, '--config', config], 0, 'passed'],
    ['1 for a candidate that failed', ['--candidate', worse, '--config', config], 1, 'failed'],
    ['3 without enough data', ['--candidate', better], 3, 'insufficient'],
  ])('exits %s', async (_, argv, code, outcome) => {
    const result = await run(['--incumbent', incumbent, ...argv]);
    expect(result.code).toBe(code);
    expect((JSON.parse(result.stdout) as GateReport).outcome).toBe(outcome);
  });

  test('prints the report as one line and explains it on standard error', async () => {
    const { stdout, stderr } = await run(['--incumbent', incumbent, '--candidate', better]);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain('target_improvement passed: Target score 0.90');
  });

  test('reads one of its inputs from standard input', async () => {
    expect((await run(['--incumbent', incumbent, '--candidate', '-', '--config', config], targets(90))).code).toBe(0);
  });

  test.each([
    ['a line that is no JSON', '{"id":"a"\n', 'line 1, is not valid JSON'],
    ['a score above one', '\n{"id":"a","suite":"target","score":7}', 'line 2: score: '],
    ['an unknown suite', '{"id":"a","suite":"all","score":1}', 'line 1: suite: '],
    [
      'an item that occurs twice',
      '{"id":"a","suite":"target","score":1}\n{"id":"a","suite":"target","score":0}',
      'line 2: item "a" of suite target is already on line 1',
    ],
  ])('exits 2 for %s and says where it is', async (_, content, message) => {
    const { code, stdout, stderr } = await run(['--incumbent', incumbent, '--candidate', file('bad.jsonl', content)]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('exits 2 for an unknown setting', async () => {
    const { code, stderr } = await run(['--incumbent', incumbent, '--candidate', better, '--config', file('c.json', '{"floor":1}')]);
    expect(code).toBe(2);
    expect(stderr).toContain('floor');
  });

  test('writes JUnit XML and Markdown beside the verdict, and exits as it would without', async () => {
    const [junit, markdown] = [join(folder, 'gate.xml'), join(folder, 'gate.md')];
    const { code, stdout } = await run(['--incumbent', incumbent, '--candidate', worse, '--junit', junit, '--markdown', markdown]);
    expect({ code, outcome: (JSON.parse(stdout) as GateReport).outcome }).toEqual({ code: 1, outcome: 'failed' });
    expect(readFileSync(junit, 'utf8')).toMatch(/^<\?xml [^]*<failure type="failed" message="Target score 0\.40 /u);
    expect(readFileSync(markdown, 'utf8')).toContain('| `target_improvement` | yes | ❌ failed | 100 | 0 |');
  });

  test('exits 2 where a report cannot be written, or should go where the verdict goes', async () => {
    const report = ['--incumbent', incumbent, '--candidate', better];
    expect(await run([...report, '--junit', join(folder, 'absent', 'gate.xml')])).toMatchObject({ code: 2, stdout: '' });
    expect(await run([...report, '--markdown', '-'])).toMatchObject({ code: 2, stdout: '' });
  });

  test('exits 2 and writes no report where the files contradict one another', async () => {
    const as = (category: string): string => file(`${category}.jsonl`, JSON.stringify({ id: 'a', suite: 'general', category, score: 1 }));
    const junit = join(folder, 'none.xml');
    const { code, stderr } = await run(['--incumbent', as('billing'), '--candidate', as('travel'), '--junit', junit]);
    expect(code).toBe(2);
    expect(stderr).toContain('an item has one category');
    expect(existsSync(junit)).toBe(false);
  });

  test('exits 2 when two inputs should be standard input', async () => {
    expect((await run(['--incumbent', '-', '--candidate', '-'])).code).toBe(2);
  });
});
