import { describe, expect, test } from '@jest/globals';
import { calculate } from '@ratchet/stats';

import { memoryIo } from '../memory-io.js';
import { runCli } from '../program.js';

const run = async (argv: string[], input = ''): Promise<{ code: number; stdout: string; stderr: string }> => {
  const io = memoryIo(input);
  const code = await runCli(['stats', ...argv], io);
  return { code, ...io.written() };
};

const minimum = { threshold: 0.99, confidence: 0.95, failures: 0 };
const fromFile = (content: string): Promise<{ code: number; stdout: string; stderr: string }> => run(['--file', '-'], content);

describe('ratchet stats', () => {
  test('prints the result of one calculation as a line of JSON', async () => {
    expect(await run(['safety_min_n', JSON.stringify(minimum)])).toEqual({ code: 0, stdout: '{"min_n":299}\n', stderr: '' });
  });

  test('reads the input from standard input', async () => {
    expect((await run(['safety_min_n', '-'], JSON.stringify(minimum))).stdout).toBe('{"min_n":299}\n');
  });

  const lines = [
    { id: 'a', group: 'safety_min_n', in: minimum },
    { id: 'mcnemar.7', in: { old_right_new_wrong: 2, old_wrong_new_right: 10 } },
  ];
  const expected = [
    { id: 'a', out: { min_n: 299 } },
    { id: 'mcnemar.7', out: calculate('mcnemar', { old_right_new_wrong: 2, old_wrong_new_right: 10 }) },
  ];
  test.each([
    ['JSON lines', lines.map((line) => JSON.stringify(line)).join('\n\n')],
    ['a list', JSON.stringify(lines)],
    [
      'reference vectors',
      JSON.stringify({
        groups: [
          { id: 'safety_min_n', vectors: [{ id: 'a', in: minimum, out: { min_n: 0 } }] },
          { id: 'mcnemar', vectors: [lines[1]] },
        ],
      }),
    ],
  ])('calculates every record of a file of %s, one line each', async (_, content) => {
    const { code, stdout } = await fromFile(content);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as unknown)).toEqual(expected);
  });

  test('answers the good lines of a file and names the bad one', async () => {
    const { code, stdout, stderr } = await fromFile([JSON.stringify(lines[0]), '{"id":"b","group":"mcnemar","in":{}}'].join('\n'));
    expect(code).toBe(2);
    expect(stdout).toBe('{"id":"a","out":{"min_n":299}}\n');
    expect(stderr).toContain('standard input, line 2: mcnemar: "old_right_new_wrong" must be');
  });

  test.each([
    [['nope', '{}'], 'There is no group "nope"'],
    [['mcnemar', '{'], 'not valid JSON'],
    [['mcnemar'], 'give a group and its JSON'],
    [['mcnemar', '--file', 'x'], 'either a group'],
    [['--file', '/no/such/file'], 'cannot read /no/such/file'],
  ])('exits 2 for %j', async (argv, message) => {
    const { code, stdout, stderr } = await run(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
