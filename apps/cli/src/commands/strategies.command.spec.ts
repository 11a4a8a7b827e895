import { describe, expect, test } from '@jest/globals';
import { strategySchema } from '@ratchet/domain';
import { memoryIo } from '../memory-io.js';
import { runCli } from '../program.js';

const run = async (input: string, ...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
  const io = memoryIo(input);
  const code = await runCli(['strategies', ...argv], io);
  return { code, ...io.written() };
};
const own = [{ strategyId: 'ours', fixType: 'safety_threshold', summary: 'Raised by a little.', patch: { kind: 'safety_threshold', step: 0.03 } }];

describe('ratchet strategies', () => {
  test('lists the shipped ones for people, the preferred first', async () => {
    const { code, stdout } = await run('');
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toMatch(/^spread_corrections +training_examples +Answers that users agree on/u);
  });

  test('prints whole strategies as JSON lines, the team\'s own first', async () => {
    const { stdout } = await run(JSON.stringify(own), '--file', '-', '--json');
    const rows = stdout.trim().split('\n').map((line) => strategySchema.parse(JSON.parse(line)));
    expect(rows[0]?.strategyId).toBe('ours');
    expect(rows.length).toBeGreaterThan(20);
  });

  test('refuses a file that cannot be used, and says where it is wrong', async () => {
    const { code, stdout, stderr } = await run(JSON.stringify([{ ...own[0], patch: { kind: 'safety_threshold', step: 3 } }]), '--file', '-', '--json');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('0.patch.step');
  });
});
