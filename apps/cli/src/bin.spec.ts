// Goal: the committed bin builds exactly what is stale before it runs. Each test gives a copy of it a small workspace of its
// own, whose compiler copies sources to dist and notes what it built.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { afterEach, describe, expect, test } from '@jest/globals';

const compiler = `
const { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { basename, join } = require('node:path');
appendFileSync(join(process.cwd(), '../../built.log'), basename(process.cwd()) + '\\n');
mkdirSync('dist', { recursive: true });
for (const name of readdirSync('src')) {
  const source = readFileSync(join('src', name), 'utf8');
  if (source.includes('SYNTAX ERROR')) { console.log('src/' + name + '(1,1): error'); process.exit(2); }
  writeFileSync(join('dist', name.replace('.ts', '.js')), source);
}`;

const table = `export const commandTable = { light: { needs: ['@ratchet/a'] }, heavy: {}, up: { startsServices: true } };`;

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

const workspace = (): { path: string; write: (file: string, content: string) => void } => {
  const path = mkdtempSync(join(tmpdir(), 'ratchet-bin-'));
  folders.push(path);
  const write = (file: string, content: string): void => {
    mkdirSync(join(path, file, '..'), { recursive: true });
    writeFileSync(join(path, file), content);
  };
  const project = (folder: string, dependencies: string[]): void => {
    const names = dependencies.map((name) => [`@ratchet/${name}`, '*'] as const);
    const manifest = { name: `@ratchet/${basename(folder)}`, type: 'module', dependencies: Object.fromEntries(names) };
    write(`${folder}/package.json`, JSON.stringify(manifest));
    write(`${folder}/tsconfig.build.json`, '{}');
    write(`${folder}/src/index.ts`, '');
  };
  project('libs/a', []);
  project('libs/b', ['a']);
  project('apps/service', ['b']);
  project('apps/cli', ['b']);
  write('apps/cli/src/command-table.ts', table);
  write('apps/cli/src/main.ts', `console.log('ran', process.argv.slice(2).join(' '));`);
  write('node_modules/.bin/tsc', compiler);
  write('node_modules/package.json', '{"type":"commonjs"}');
  cpSync(join(import.meta.dirname, '../bin'), join(path, 'apps/cli/bin'), { recursive: true });
  return { path, write };
};

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (path: string, ...argv: string[]): Promise<Ended> => node(path, [join(path, 'apps/cli/bin/ratchet.mjs'), ...argv]);
const stamp = (path: string, project: string): Promise<Ended> => node(join(path, project), [join(path, 'apps/cli/bin/stamp-build.mjs')]);

const node = (cwd: string, argv: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, argv, { cwd, env: { PATH: process.env['PATH'] } });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });

const built = (path: string): string[] => {
  const lines = readFileSync(join(path, 'built.log'), 'utf8').trim().split('\n');
  rmSync(join(path, 'built.log'));
  writeFileSync(join(path, 'built.log'), '');
  return lines.filter((line) => line !== '');
};

describe('the bin', () => {
  test('builds what a light command needs, and the second time nothing', async () => {
    const { path } = workspace();
    expect((await run(path, 'light', '--x')).stdout).toBe('ran light --x\n');
    expect(built(path)).toEqual(['cli', 'a']);
    expect(await run(path, 'light')).toEqual({ code: 0, stdout: 'ran light\n', stderr: '' });
    expect(built(path)).toEqual([]);
  });

  test('builds everything that other commands depend on, dependencies first', async () => {
    const { path } = workspace();
    await run(path, 'heavy');
    expect(built(path)).toEqual(['cli', 'a', 'b']);
  });

  test('builds the services for a command that starts them', async () => {
    const { path } = workspace();
    await run(path, 'up');
    expect(built(path)).toEqual(['cli', 'a', 'b', 'service']);
  });

  test.each([['--help'], ['no-such-command']])('builds only itself for %s', async (word) => {
    const { path } = workspace();
    await run(path, word);
    expect(built(path)).toEqual(['cli']);
  });

  test('rebuilds the project whose source changed, and no other', async () => {
    const { path, write } = workspace();
    await run(path, 'heavy');
    built(path);
    write('libs/b/src/index.ts', 'export const changed = true;');
    write('libs/a/src/index.spec.ts', 'not part of the build');
    expect((await run(path, 'heavy')).stderr).toBe('ratchet: building @ratchet/b\n');
    expect(built(path)).toEqual(['b']);
  });

  test('rebuilds a project whose data changed', async () => {
    const { path, write } = workspace();
    await run(path, 'heavy');
    built(path);
    write('libs/a/src/words.json', '["no"]');
    await run(path, 'heavy');
    expect(built(path)).toEqual(['a']);
  });

  test('leaves alone what somebody else built and stamped, until it changes', async () => {
    const { path, write } = workspace();
    for (const project of ['libs/a', 'libs/b', 'apps/cli']) {
      mkdirSync(join(path, project, 'dist'));
      if (project === 'apps/cli') for (const name of ['command-table', 'main']) cpSync(join(path, project, 'src', `${name}.ts`), join(path, project, 'dist', `${name}.js`));
      const { code } = await stamp(path, project);
      expect(code).toBe(0);
    }
    expect(await run(path, 'heavy')).toEqual({ code: 0, stdout: 'ran heavy\n', stderr: '' });
    write('libs/a/src/index.ts', 'export const changed = true;');
    await run(path, 'heavy');
    expect(built(path)).toEqual(['a']);
  });

  test('says what the compiler said, exits 2, and tries again next time', async () => {
    const { path, write } = workspace();
    write('libs/a/src/index.ts', 'SYNTAX ERROR');
    const { code, stdout, stderr } = await run(path, 'light');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('cannot build @ratchet/a');
    expect(stderr).toContain('src/index.ts(1,1): error');
    write('libs/a/src/index.ts', '');
    expect((await run(path, 'light')).code).toBe(0);
  });

  test('builds once when several start at the same time', async () => {
    const { path } = workspace();
    const results = await Promise.all([run(path, 'heavy'), run(path, 'heavy'), run(path, 'heavy')]);
    expect(results.map(({ code, stdout }) => [code, stdout])).toEqual(Array(3).fill([0, 'ran heavy\n']));
    expect(built(path).sort()).toEqual(['a', 'b', 'cli']);
  });

  test('takes over the lock of a build that died', async () => {
    const { path, write } = workspace();
    const died = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => died.on('close', resolve));
    write('.ratchet/build.lock', String(died.pid));
    expect((await run(path, 'light')).code).toBe(0);
  });

  test('says what to do where there is no compiler', async () => {
    const { path } = workspace();
    rmSync(join(path, 'node_modules'), { recursive: true });
    const { code, stderr } = await run(path, 'light');
    expect(code).toBe(2);
    expect(stderr).toContain('run `npm ci`');
  });
});
