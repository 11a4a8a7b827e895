// docs/examples/consumers/commit-to-git.mjs with real repositories in a temporary folder.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { loadExample } from './spec-support/load-example.js';
import { promotedEvent, rolledBackEvent } from './spec-support/promotion-events.js';

type Example = {
  commitPromotion: (settings: { folder: string; remote?: string; branch?: string }, event: object) => Promise<string>;
  pathOf: (target: { model: string; workload: string }) => string;
};
const { commitPromotion, pathOf } = await loadExample<Example>('commit-to-git.mjs');

let root: string;
let folder: string;
const file = 'models/assistant/default.yaml';

// Whoever runs this may sign commits, or have hooks.
Object.assign(process.env, { GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1' });
const git = (where: string, ...args: string[]): string => execFileSync('git', ['-C', where, '-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], { encoding: 'utf8', env: process.env }).trim();
const commits = (where = folder): number => Number(git(where, 'rev-list', '--count', 'HEAD'));
const served = (where = folder, path = file): string | undefined => /^version: "(.*)"$/mu.exec(git(where, 'show', `HEAD:${path}`))?.[1];
const repository = (name: string): string => {
  const where = join(root, name);
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', where]);
  git(where, 'commit', '--quiet', '--allow-empty', '-m', 'start');
  return where;
};

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-commit-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));
let number = 0;
beforeEach(() => {
  folder = repository(`clone-${(number += 1)}`);
});

describe('commitPromotion', () => {
  it('commits the version that serves, with where it comes from', async () => {
    expect(await commitPromotion({ folder }, promotedEvent(1))).toBe('committed');
    expect(readFileSync(join(folder, file), 'utf8')).toContain('\nmodel: "assistant"\nworkload: "default"\nversion: "v2-bbbbbbbb"\nchangedAt: "2026-01-01T00:01:00Z"\n');
    const message = git(folder, 'log', '-1', '--format=%B');
    expect(message.split('\n').slice(0, 3)).toEqual(['Promote v2-bbbbbbbb for assistant/default', '', 'all stages passed']);
    const trailers = git(folder, 'log', '-1', '--format=%(trailers:only,unfold)').split('\n');
    expect(trailers).toEqual(expect.arrayContaining([
      'Ratchet-Cycle: c1', 'Ratchet-Weakness: o1', 'Ratchet-Weakness: o2', 'Ratchet-Dataset: d1', 'Ratchet-Training-Run: r1', 'Ratchet-Verdict: passed: all gates passed',
      'Ratchet-Evidence: candidate 8 of 400 failed, control 40 of 400 failed',
    ]));
  });

  it('commits an event once', async () => {
    await commitPromotion({ folder }, promotedEvent(1));
    expect(await commitPromotion({ folder }, promotedEvent(1))).toBe('done before');
    expect(commits()).toBe(2);
  });

  it('never goes back to what an older event says', async () => {
    await commitPromotion({ folder }, promotedEvent(5, { version: 'v3-cccccccc', previousVersion: 'v2-bbbbbbbb' }));
    expect(await commitPromotion({ folder }, promotedEvent(1))).toBe('older than what is there');
    expect(served()).toBe('v3-cccccccc');
  });

  it('goes back where a version that it wrote is rolled back, and does nothing where the candidate never got that far', async () => {
    await commitPromotion({ folder }, promotedEvent(1));
    expect(await commitPromotion({ folder }, rolledBackEvent(2, { version: 'v3-cccccccc', previousVersion: 'v2-bbbbbbbb' }))).toBe('nothing to change');
    expect(await commitPromotion({ folder }, rolledBackEvent(3))).toBe('committed');
    expect(served()).toBe('v1-aaaaaaaa');
    expect(git(folder, 'log', '-1', '--format=%s')).toBe('Go back to v1-aaaaaaaa for assistant/default');
  });

  it('finishes what a crash left half done', async () => {
    await commitPromotion({ folder }, promotedEvent(1));
    const path = join(folder, file);
    writeFileSync(path, readFileSync(path, 'utf8').replace('v2-bbbbbbbb', 'v3-cccccccc'));
    git(folder, 'add', file);
    expect(await commitPromotion({ folder }, promotedEvent(5, { version: 'v3-cccccccc', previousVersion: 'v2-bbbbbbbb' }))).toBe('committed');
    expect([served(), commits(), git(folder, 'status', '--porcelain')]).toEqual(['v3-cccccccc', 3, '']);
  });

  it('leaves a file alone that somebody else wrote', async () => {
    await commitPromotion({ folder }, promotedEvent(1));
    writeFileSync(join(folder, file), 'by: hand\n');
    git(folder, 'commit', '--quiet', '-am', 'by hand');
    await expect(commitPromotion({ folder }, promotedEvent(5, { version: 'v3' }))).rejects.toThrow('was not written by this program');
  });

  it('pushes, also where others push to the same branch', async () => {
    const origin = join(root, 'origin.git');
    git(root, 'clone', '--quiet', '--bare', folder, origin);
    git(folder, 'remote', 'add', 'origin', origin);
    const other = join(root, 'other');
    git(root, 'clone', '--quiet', origin, other);
    const settings = { folder, remote: 'origin' };
    expect(await commitPromotion(settings, promotedEvent(1))).toBe('committed');
    git(other, 'pull', '--quiet', '--rebase');
    git(other, 'commit', '--quiet', '--allow-empty', '-m', 'another team');
    // After our fetch, and before our push.
    writeFileSync(join(folder, '.git', 'hooks', 'pre-push'), `#!/bin/sh\nunset GIT_DIR\ngit -C '${other}' push --quiet\n`, { mode: 0o755 });
    // Cut off between commit and push: what the remote does not have, is made again.
    git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'never pushed');
    expect(await commitPromotion(settings, promotedEvent(5, { version: 'v3-cccccccc' }))).toBe('committed');
    expect([served(origin), git(origin, 'log', '--format=%s').split('\n')]).toEqual(['v3-cccccccc', ['Promote v3-cccccccc for assistant/default', 'another team', 'Promote v2-bbbbbbbb for assistant/default', 'start']]);
  });

  it('stays inside its folder and its lines, whatever names and reasons are', async () => {
    const hostile = { model: '../../etc', workload: '.git/hooks\n', version: '--upload-pack=touch /tmp/x\n', reason: '# no comment\n\nRatchet-Actor: forged\u0000\u001b[31m', actor: 'x\nRatchet-Event: forged', opportunityIds: ['$(touch pwned)', '"; touch pwned; "'] };
    expect(await commitPromotion({ folder }, promotedEvent(1, hostile))).toBe('committed');
    const path = pathOf(hostile);
    expect(path).toMatch(/^models\/etc-[0-9a-f]{12}\/git-hooks-[0-9a-f]{12}\.yaml$/);
    expect(git(folder, 'ls-files')).toBe(path);
    expect([existsSync(join(folder, 'pwned')), existsSync(join(root, 'etc'))]).toEqual([false, false]);
    expect(readFileSync(join(folder, path), 'utf8').split('\n')).toHaveLength(7);
    const trailers = git(folder, 'log', '-1', '--format=%(trailers:only,unfold)').split('\n');
    expect(trailers.filter((line) => /^Ratchet-(Event|Actor):/u.test(line))).toEqual([expect.stringMatching(/^Ratchet-Event: [0-9a-f-]{36}$/), 'Ratchet-Actor: x Ratchet-Event: forged']);
  });
});

describe('pathOf', () => {
  it('keeps plain names, and never gives two targets one file', () => {
    expect(pathOf({ model: 'gpt-4.1-mini', workload: 'support' })).toBe('models/gpt-4.1-mini/support.yaml');
    const names = ['a/b', 'a-b', 'A-b', 'a b', '..', '.', '.git', '', '-x', 'x'.repeat(200), 'x'.repeat(199), 'ü', '\u0000'];
    const paths = names.map((model) => pathOf({ model, workload: 'w' }));
    expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(names.length);
    for (const path of paths) expect(path).toMatch(/^models\/[a-z0-9][a-z0-9._-]{0,79}\/w\.yaml$/);
  });
});
