// Programs of this repository that are written in Go, for libraries that there are in Go alone: built where Go is.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run-process.mjs';

/** Kept between runs. */
export const toolsFolder = join(root, '.ratchet', 'tools');

export const hasGo = () => spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0;

/** Builds `tools/NAME`; gives the program. */
export const buildGo = (name) => {
  mkdirSync(toolsFolder, { recursive: true });
  const program = join(toolsFolder, name);
  const { status, stderr } = spawnSync('go', ['build', '-o', program, '.'], { cwd: join(root, 'tools', name), encoding: 'utf8' });
  assert.equal(status, 0, `go build ${name}: ${stderr}`);
  return program;
};
