// Goal: what the documents tell a reader to run, to set and to open is there.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { commandTable } from './command-table.js';
import { anchorsOf, codeOf, commandLines, linksOf, wordsOf } from './documents/document-text.js';
import { memoryIo } from './memory-io.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const documents = globSync(['README.md', 'deploy/**/*.md', 'docs/**/*.md', 'apps/*/README.md', 'libs/*/README.md'], { cwd: root, exclude: (path) => path.includes('node_modules') })
  .sort()
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
const verifySteps = [...readFileSync(join(root, 'tools/verify.mjs'), 'utf8').matchAll(/\{ name: '([\w-]+)', does:/gu)].map(([, name]) => name);
const linesOf = (program: string): { path: string; line: string }[] => documents.flatMap(({ path, text }) => commandLines(text, program).map((line) => ({ path, line })));

/** What of a line of `npx ratchet` the command line does not know. */
const unknownIn = async (words: readonly string[]): Promise<string | undefined> => {
  const [name = '', ...rest] = words;
  if (name.startsWith('-')) return undefined;
  const entry = commandTable[name];
  if (!entry) return `no command ${name}`;
  let command = new Command(name);
  (await entry.load()).register(command, memoryIo());
  const known = new Set(['--help', '--version']);
  for (const word of rest) {
    for (const { long } of command.options) if (long) known.add(long);
    const next = word.split('|').map((one) => command.commands.find((sub) => sub.name() === one));
    const isArgument = word.startsWith('-') || command.commands.length === 0;
    if (!isArgument && next.includes(undefined)) return `no subcommand ${word}`;
    command = next[0] ?? command;
    for (const { long } of command.options) if (long) known.add(long);
    const option = /^(--[a-z][\w-]*)/u.exec(word)?.[1];
    if (option && !known.has(option)) return `no option ${option}`;
  }
  return undefined;
};

describe('commands in the documents', () => {
  it('are found', () => {
    expect(linesOf('npx ratchet').length).toBeGreaterThan(50);
    expect(linesOf('npm run').length).toBeGreaterThan(15);
    expect(verifySteps.length).toBeGreaterThan(10);
  });

  it.each([
    ['nothing', 'no command nothing'],
    ['review aprove ID', 'no subcommand aprove'],
    ['cycle start|end', 'no subcommand start|end'],
    ['review approve ID --becuse x', 'no option --becuse'],
  ])('would be found wrong: %s', async (line, finding) => {
    expect(await unknownIn(wordsOf(line))).toBe(finding);
  });

  it.each(linesOf('npx ratchet'))('$path: $line', async ({ line }) => {
    expect(await unknownIn(wordsOf(line).slice(2))).toBeUndefined();
  });

  it('are scripts of package.json, and steps of the verification', () => {
    for (const { path, line } of linesOf('npm run')) {
      const [, , script = '', ...rest] = wordsOf(line);
      expect({ path, line, script: Object.hasOwn(manifest.scripts, script) }).toEqual({ path, line, script: true });
      const names = script === 'verify' ? rest.filter((word) => /^[a-z][\w-]*$/u.test(word)) : [];
      expect({ path, line, unknown: names.filter((name) => !verifySteps.includes(name)) }).toEqual({ path, line, unknown: [] });
    }
  });

  it('run files that exist', () => {
    const missing = linesOf('node').filter(({ line }) => {
      const file = wordsOf(line).find((word) => /\.(mjs|js|ts)$/u.test(word));
      return file !== undefined && file.includes('/') && !existsSync(join(root, file));
    });
    expect(missing).toEqual([]);
  });
});

describe('links in the documents', () => {
  it.each(documents)('$path', ({ path, text }) => {
    const broken = linksOf(text).filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? join(root, path) : resolve(root, dirname(path), decodeURIComponent(file));
      if (!existsSync(target)) return true;
      return anchor !== undefined && target.endsWith('.md') && !anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
    });
    expect(broken).toEqual([]);
  });
});

/** Of Node, GitHub and OpenTelemetry, and one that a reader fills in. */
const ofOthers = ['NODE_EXTRA_CA_CERTS', 'GH_TOKEN', 'OTEL_EXPORTER_OTLP_HEADERS', 'SPAN_ONLY', 'SPAN_AND_EVENT', 'TOKEN_ID'];
const NAME = /(?<![\w$.])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?=[=`\s,.:]|$)/gu;

describe('variables in the documents', () => {
  it('are read by something', () => {
    const places = ['{apps,libs}/*/src/**/*.{ts,tsx}', '{apps,libs}/*/bench/*.mjs', 'tools/**/*.mjs', 'bench/**/*.mjs', 'docker-compose.yml', 'deploy/**/*.{yaml,tpl}', 'docs/examples/**/*.{mjs,py,sh}', '.ci/run'];
    const read = new Set(globSync(places, { cwd: root }).filter((path) => !path.endsWith('documents.spec.ts')).flatMap((path) => readFileSync(join(root, path), 'utf8').match(/[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+/gu) ?? []));
    const told = documents.flatMap(({ path, text }) => codeOf(text).flatMap((code) => (code.match(NAME) ?? []).map((name) => ({ path, name }))));
    expect(told.length).toBeGreaterThan(100);
    expect(told.filter(({ name }) => !read.has(name) && !ofOthers.includes(name))).toEqual([]);
  });
});
