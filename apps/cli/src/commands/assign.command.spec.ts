import { describe, expect, test } from '@jest/globals';
import { assign } from '@ratchet/sdk';

import { memoryIo } from '../memory-io.js';
import { runCli } from '../program.js';

const run = async (...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
  const io = memoryIo();
  const code = await runCli(['assign', ...argv], io);
  return { code, ...io.written() };
};

const weights = ['--model', 'm', '--salt', 'r1', '--weights', '{"v1":0.9,"v2":0.1}', '--candidate', 'v2'];

describe('ratchet assign', () => {
  test('prints exactly what the SDK assigns, and nothing else', async () => {
    for (const key of ['a', 'b', 'c', '-x', 'ключ', 'k9', 'k17']) {
      const { version } = assign({ salt: 'r1', key, weights: { v1: 0.9, v2: 0.1 }, candidate: 'v2' });
      expect(await run(...weights, '--key', key)).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    }
  });

  test('prints the champion without a key', async () => {
    expect((await run(...weights)).stdout).toBe('v1\n');
  });

  test.each([
    ['{"v1":0.9', 'not valid JSON'],
    ['[0.9,0.1]', 'must be an object'],
    ['{"v1":0.9,"v2":0.3}', 'add up to'],
  ])('refuses the weights %s', async (json, message) => {
    const { code, stdout, stderr } = await run('--salt', 's', '--key', 'k', '--weights', json, '--candidate', 'v2');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
