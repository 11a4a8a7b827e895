// Goal: what docs/operating/backtest.md shows is what the command prints.
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { memoryIo } from './memory-io.js';
import { runCli } from './program.js';

const docs = new URL('../../../docs/', import.meta.url);

describe('docs/operating/backtest.md', () => {
  test('shows the summary of the example log', async () => {
    const page = readFileSync(new URL('operating/backtest.md', docs), 'utf8');
    const io = memoryIo(readFileSync(new URL('examples/chat-log.jsonl', docs), 'utf8'));
    expect(await runCli(['detect', '-', '--summary', '-'], io)).toBe(0);
    expect(page).toContain(io.written().stdout.trimEnd());
  });
});
