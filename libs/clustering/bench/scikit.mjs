// scikit-learn beside ours: a Python process that is told what to cluster, a line at a time.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const VERSION = '1.7.2';
const venv = fileURLToPath(new URL('../../../.ratchet/peers/scikit-learn', import.meta.url));

/** SCIKIT_PYTHON, or an environment of its own that is made once, from PyPI. Undefined, with the reason on standard error, where there is no Python or no network. */
const pythonWithScikit = () => {
  if (process.env.SCIKIT_PYTHON) return process.env.SCIKIT_PYTHON;
  const python = join(venv, 'bin', 'python');
  if (existsSync(python) && spawnSync(python, ['-c', 'import sklearn'], { stdio: 'ignore' }).status === 0) return python;
  mkdirSync(venv, { recursive: true });
  for (const [command, args] of [['python3', ['-m', 'venv', venv]], [python, ['-m', 'pip', 'install', '--quiet', `scikit-learn==${VERSION}`]]]) {
    const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) {
      console.error(`scikit-learn is left out: "${command} ${args.join(' ')}" ${error ? error.message : `ended with ${status}`}`);
      return undefined;
    }
  }
  return python;
};

export class Scikit {
  static async start() {
    const python = pythonWithScikit();
    if (python === undefined) return undefined;
    // One core for both sides.
    const child = spawn(python, [fileURLToPath(new URL('peers/scikit.py', import.meta.url))], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' } });
    const scikit = new Scikit(child);
    scikit.version = (await scikit.next()).version;
    return scikit;
  }

  constructor(child) {
    this.child = child;
    this.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    this.folder = mkdtempSync(join(tmpdir(), 'ratchet-vectors-'));
  }

  async next() {
    const { value, done } = await this.lines.next();
    if (done) throw new Error('the Python process ended');
    return JSON.parse(value);
  }

  /** The same vectors for every task: `points` as the library has them. */
  write({ data, dims }) {
    this.file = join(this.folder, 'vectors.f32');
    this.dims = dims;
    writeFileSync(this.file, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }

  cluster(task) {
    this.child.stdin.write(`${JSON.stringify({ file: this.file, dims: this.dims, seed: 1, ...task })}\n`);
    return this.next();
  }

  async stop() {
    this.child.stdin.end();
    if (this.child.exitCode === null) await once(this.child, 'exit');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
