import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { databaseUrlOf, localeArguments, postgresArguments } from './embedded-postgres.js';
import { canEnter, providePostgresPrograms } from './postgres-programs.js';

describe("PostgreSQL's programs and settings", () => {
  it('sees whether another user can reach a folder through all those above it', async () => {
    const outer = await mkdtemp(join(tmpdir(), 'ratchet-enter-'));
    const inner = join(outer, 'inner');
    await mkdir(inner);
    const stranger = { uid: 54_321, gid: 54_321 };
    await chmod(outer, 0o700);
    expect(await canEnter({ folder: inner, identity: stranger })).toBe(false);
    await chmod(outer, 0o711);
    expect(await canEnter({ folder: inner, identity: stranger })).toBe(true);
    await rm(outer, { recursive: true });
  });

  it('listens on the loopback address only, and on no socket file', () => {
    const args = postgresArguments({ folder: '/data', port: 20_003 });
    expect(args).toEqual(expect.arrayContaining(['listen_addresses=127.0.0.1', 'unix_socket_directories=']));
    expect(args.slice(0, 4)).toEqual(['-D', '/data', '-p', '20003']);
  });

  it('names what an installed PostgreSQL lacks', async () => {
    const installed = await mkdtemp(join(tmpdir(), 'ratchet-installed-'));
    await expect(providePostgresPrograms({ identity: undefined, installed })).rejects.toThrow(`no ${join(installed, 'bin', 'initdb')} and no ${join(installed, 'bin', 'postgres')}`);
    await rm(installed, { recursive: true });
  });

  it('asks servers only for locales that they have', () => {
    expect(localeArguments(18)).toContain('--locale-provider=builtin');
    expect(localeArguments(16)).toEqual(['--encoding=UTF8', '--locale=C.UTF-8']);
  });

  it('leaves commits durable', () => {
    expect(postgresArguments({ folder: '/data', port: 1 }).join(' ')).not.toMatch(/fsync|synchronous_commit/);
  });

  it('makes an address of any password', () => {
    const url = new URL(databaseUrlOf({ port: 20_003, password: 'a/b@c:d' }));
    expect([decodeURIComponent(url.password), url.host, url.pathname]).toEqual(['a/b@c:d', '127.0.0.1:20003', '/ratchet']);
  });
});
