import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { consoleTokenFile, consoleTokenOf } from './console-token.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-token-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the token of the console', () => {
  it('is made once, said once, and kept where only its owner reads it', () => {
    expect(consoleTokenFile(folder)).toBeUndefined();
    const first = consoleTokenOf(folder, {});
    expect(first.token).toMatch(/^rtk_[\w-]{43}$/);
    expect(first.hint).toContain(first.token);
    const file = consoleTokenFile(folder) ?? '';
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = consoleTokenOf(folder, {});
    expect(again.token).toBe(first.token);
    expect(again.hint).not.toContain(first.token);
    expect(again.hint).toContain(file);
  });

  it('is that of the environment where there is one, which is neither said nor kept', () => {
    const { token, hint } = consoleTokenOf(folder, { FIRST_ADMIN_TOKEN: 'given-by-the-environment-for-a-script' });
    expect(token).toBe('given-by-the-environment-for-a-script');
    expect(hint).not.toContain(token);
    expect(consoleTokenFile(folder)).toBeUndefined();
  });
});
