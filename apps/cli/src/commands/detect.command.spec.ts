import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { memoryIo } from '../memory-io.js';
import { runCli } from '../program.js';

const run = async (input: string, ...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
  const io = memoryIo(input);
  const code = await runCli(['detect', ...argv], io);
  return { code, ...io.written() };
};

const talk = (id: string, ...texts: string[]): string => JSON.stringify({ id, turns: texts.map((text, i) => ({ role: i % 2 === 0 ? 'user' : 'assistant', text })) });

describe('ratchet detect', () => {
  test('prints one line per interaction, in the order of the input', async () => {
    const input = [talk('a', 'where is my parcel', 'In the box.', 'no, that is not what I asked', 'On its way.', 'thanks'), '', talk('b', 'how do I pay', 'By card.')].join('\n');
    const { code, stdout, stderr } = await run(input, '-');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const rows = stdout.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows.map(({ interactionId, conversationId, failed }) => [interactionId, conversationId, failed])).toEqual([['a#1', 'a', true], ['a#3', 'a', false], ['b#1', 'b', false]]);
    expect(Object.keys(rows[0] ?? {})).toEqual(['interactionId', 'conversationId', 'failureProbability', 'failed', 'signals']);
    expect(rows[0]?.['signals']).toContainEqual({ name: 'correction', strength: 0.95, evidence: { words: 'not what i asked', next: 'no, that is not what I asked' } });
  });

  test('lists the addends of the probability where asked', async () => {
    const { stdout } = await run(talk('a', 'where is my parcel', 'In the box.', 'no', 'Oh.'), '-', '--terms');
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toHaveProperty('terms');
  });

  test.each([
    ['{"id":', 'line 2, is not valid JSON'],
    ['{"id":"x","turns":[{"role":"user"}]}', 'line 2: turns.0.text'],
    ['[1]', 'line 2: expected a JSON object'],
  ])('names the line of %s and ends with 2', async (bad, message) => {
    const { code, stdout, stderr } = await run(`${talk('a', 'hi', 'Hello.')}\n${bad}\n`, '-');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`standard input, ${message}`);
  });

  test('prints a summary in the place of the lines where asked, and says what it passed over', async () => {
    const trace = { id: 't', timestamp: '2026-03-02T09:00:00Z', sessionId: 's', input: 'where is my parcel', output: 'In the box.' };
    const { code, stdout, stderr } = await run([trace, { ...trace, id: 'u', timestamp: '2026-03-02T09:00:20Z', input: 'no, that is not what I asked' }, { id: 'x', traceId: 't', type: 'SPAN' }].map((row) => JSON.stringify(row)).join('\n'), '-', '--summary', '-');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d of 2 interactions failed/u);
    expect(stdout).toContain('then user: no, that is not what I asked');
    expect(stderr).toBe('passed over: 1 observations that are no generations\n');
  });

  test('reads further languages from files of cues', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ratchet-detect-'));
    const cues = join(folder, 'nl.json');
    await writeFile(cues, JSON.stringify({ language: 'nl', user: { escalation: { phrases: ['(spreken|praten) met een mens'] } } }));
    const input = talk('a', 'waar is mijn pakket', 'In de doos.', 'ik wil praten met een mens', 'Ja.');
    const failedIn = ({ stdout }: { stdout: string }): unknown[] => stdout.trim().split('\n').map((line) => (JSON.parse(line) as { failed: boolean }).failed);
    expect(failedIn(await run(input, '-', '--cues', cues))).toEqual([true, false]);
    expect(failedIn(await run(input, '-'))).toEqual([false, false]);
    await rm(folder, { recursive: true });
  });

  test('prints nothing for an empty input', async () => {
    expect(await run('', '-')).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});
