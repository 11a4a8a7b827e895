// Programs of PyPI, in an environment of their own that is kept between runs.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const INSTALLED_WITHIN_MS = 30 * 60_000;

const must = (file, args) => {
  const { status, error, stderr } = spawnSync(file, args, { encoding: 'utf8', timeout: INSTALLED_WITHIN_MS, maxBuffer: 1 << 30 });
  if (error) throw new Error(`${file}: ${error.message}`);
  if (status !== 0) throw new Error(stderr.trim().split('\n').slice(-3).join('\n'));
};

/** The Python of the environment in `folder`, with these packages; its programs are beside it. */
export const pythonIn = (folder, packages) => {
  const python = join(folder, 'venv', 'bin', 'python');
  if (!existsSync(python)) must('python3', ['-m', 'venv', join(folder, 'venv')]);
  must(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
  return python;
};
