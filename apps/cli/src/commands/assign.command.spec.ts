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

  test('serves the control arm of an experiment its own version', async () => {
    const three = { v1: 0.4, v2: 0.3, v3: 0.3 };
    const printed = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(async (key) => {
      const { stdout } = await run('--salt', 'r1', '--weights', JSON.stringify(three), '--candidate', 'v2', '--control', 'v3', '--key', key);
      expect(stdout).toBe(`${assign({ salt: 'r1', key, weights: three, candidate: 'v2', control: 'v3' }).version}\n`);
      return stdout;
    }));
    expect(new Set(printed).size).toBe(3);
  });

  test.each([
    [['--control-share', '30'], 'fraction from 0 to 1'],
    [['--control-share', '0.95'], 'add up to more than 1'],
    [['--control', 'v3'], 'do not name the control'],
  ])('refuses %j', async (argv, message) => {
    const { code, stdout, stderr } = await run(...weights, '--key', 'k', ...argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
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
