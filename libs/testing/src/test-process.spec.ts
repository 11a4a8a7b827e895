import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestProcess } from './test-process.js';

let folder: string;
const scriptOf = (source: string): string => {
  const script = join(folder, 'script.mjs');
  writeFileSync(script, source);
  return script;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-testing-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('startTestProcess', () => {
  it('gives what the process says, without the options of Jest', async () => {
    const started = startTestProcess({ script: scriptOf('console.log(`name=${process.env.NAME} options=${process.env.NODE_OPTIONS}`)'), env: { NAME: 'x' } });
    expect((await started.said(/name=(\w+) options=(\w+)/)).slice(1)).toEqual(['x', 'undefined']);
    expect(await started.ended()).toBe(0);
  });

  it('kills a process that ignores friendlier signals', async () => {
    const started = startTestProcess({ script: scriptOf('process.on("SIGTERM", () => console.log("no")); setInterval(() => {}, 1e6); console.log("up")') });
    await started.said(/up/);
    started.signal('SIGTERM');
    await started.said(/no/);
    await started.end();
    expect(await started.ended()).toBeNull();
  });

  it('shows what was said where the expected words do not come', async () => {
    const started = startTestProcess({ script: scriptOf('console.error("something else")') });
    await started.ended();
    await expect(started.said(/the words/, 50)).rejects.toThrow(/has not said \/the words\/; it said:\nsomething else/);
  });
});
