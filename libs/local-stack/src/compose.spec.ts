import { existsSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { composeAnswers, composeArguments, composeProject } from './compose.js';

describe('Docker Compose', () => {
  it('keeps the containers and volumes of two data folders apart', () => {
    expect(composeProject('/a/.ratchet')).toMatch(/^ratchet-[0-9a-f]{8}$/);
    expect(composeProject('/a/.ratchet')).not.toBe(composeProject('/b/.ratchet'));
  });

  it("is driven by the repository's own file", () => {
    const args = composeArguments({ dataDir: '/a', command: ['stop', 'kafka'] });
    expect(existsSync(args[args.indexOf('--file') + 1] ?? '')).toBe(true);
    expect(args.slice(-2)).toEqual(['stop', 'kafka']);
  });

  it('does not answer where there is no docker', async () => {
    expect(await composeAnswers({ PATH: '/nowhere' })).toBe(false);
  });
});
