import { describe, expect, test } from '@jest/globals';

import type { CommandTable } from './command-module.js';
import { memoryIo } from './memory-io.js';
import { runCli } from './program.js';

const run = async (argv: string[], table?: CommandTable): Promise<{ code: number; stdout: string; stderr: string }> => {
  const io = memoryIo();
  const code = await runCli(argv, io, table);
  return { code, ...io.written() };
};

describe('the program', () => {
  test('lists every command on standard output and exits 0', async () => {
    const { code, stdout } = await run(['--help']);
    expect(code).toBe(0);
    for (const name of ['gate', 'stats', 'assign']) expect(stdout).toContain(`\n  ${name}`);
  });

  test('prints its version', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' });
  });

  test('imports the called command and no other', async () => {
    const loaded: string[] = [];
    const entry = (name: string): CommandTable[string] => ({
      description: name,
      load: () => {
        loaded.push(name);
        return Promise.resolve({ register: (command) => void command.action(() => undefined) });
      },
    });
    const table = { one: entry('one'), two: entry('two') };
    expect((await run(['two'], table)).code).toBe(0);
    expect((await run(['--help'], table)).stdout).toContain('one');
    expect(loaded).toEqual(['two']);
  });

  test.each([
    ['no command', []],
    ['an unknown command', ['fly']],
    ['an unknown option', ['assign', '--fast']],
    ['a missing option', ['assign', '--salt', 's']],
  ])('exits 2 for %s, with nothing on standard output', async (_, argv) => {
    const { code, stdout, stderr } = await run(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toBe('');
  });

  test('exits 0 when help is asked for', async () => {
    const { code, stdout } = await run(['help', 'gate']);
    expect(code).toBe(0);
    expect(stdout).toContain('--incumbent');
  });

  test('exits 2 with the message, and without a stack, when a command throws', async () => {
    const broken: CommandTable = {
      broken: {
        description: 'throws',
        load: () => Promise.resolve({ register: (command) => void command.action(() => { throw new Error('no disk'); }) }),
      },
    };
    expect(await run(['broken'], broken)).toEqual({ code: 2, stdout: '', stderr: 'ratchet: no disk\n' });
  });
});
