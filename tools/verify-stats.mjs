// `ratchet stats` against scipy, statsmodels and forty-digit arithmetic (PyPI), on random and extreme inputs of every group: `npm run verify -- stats`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pythonIn } from './python-venv.mjs';
import { root } from './run-process.mjs';

const PACKAGES = ['scipy==1.17.1', 'statsmodels==0.15.0', 'numpy==2.4.6', 'mpmath==1.4.1', 'mmh3==5.3.1'];
const MINUTE_MS = 60_000;
/** Absolute; beside it the twelfth digit may differ. */
const TOLERANCES = { group_sequential_bounds: 2e-4, safety_min_n: 0, srm_sequential: 1e-7, sample_size: 1e-5, murmur3_utf8: 0 };
const TOLERANCE = 1e-9;
const RELATIVE = 1e-11;
/** Double precision in the library's own steps is not what is verified; more than this is worth a look. */
const LIBRARY_FACTOR = 1_000;
const REFUSED = [
  ['two_prop_z_pooled', { x1: 5, n1: 4, x2: 1, n2: 4 }, '"x1"'],
  ['welch_t', { mean1: 'a' }, '"mean1"'],
  ['group_sequential_bounds', { information_fractions: [0.5, 1], alpha: 0.05, spending: 'haybittle', sides: 2 }, '"spending"'],
  ['srm_sequential', { counts: [1, 2], weights: [0, 1] }, '"weights"[0]'],
  ['no_such_group', {}, 'the groups are'],
];

const program = (file, args, options = {}) => {
  const { status, error, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8', timeout: 30 * MINUTE_MS, maxBuffer: 1 << 30, ...options });
  if (error) throw new Error(`${file}: ${error.message}`);
  return { status, stdout, stderr };
};

const must = (run) => {
  if (run.status !== 0) throw new Error(run.stderr.trim().split('\n').slice(-3).join('\n'));
  return run.stdout;
};

const ratchet = (...args) => program(process.execPath, [join(root, 'apps/cli/bin/ratchet.mjs'), 'stats', ...args], { cwd: root });
const linesOf = (text) => text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));

/** How far two values are apart, in tolerances; what is no finite number prints as null, or as the largest one there is. */
const excessOf = (actual, expected, tolerance) => {
  if (Array.isArray(expected)) return Array.isArray(actual) && actual.length === expected.length ? Math.max(0, ...expected.map((one, at) => excessOf(actual[at], one, tolerance))) : Infinity;
  if (expected === 'inf' || expected === '-inf' || expected === 'nan') return actual === null || Math.abs(actual) === Number.MAX_VALUE ? 0 : Infinity;
  if (typeof expected !== 'number' || typeof actual !== 'number') return Object.is(actual, expected) ? 0 : Infinity;
  const error = Math.abs(actual - expected);
  return error === 0 ? 0 : error / (tolerance + RELATIVE * Math.abs(expected));
};

const errorOf = (actual, expected) => {
  if (Array.isArray(expected)) return Math.max(0, ...expected.map((one, at) => errorOf(actual?.[at], one)));
  return typeof expected === 'number' && typeof actual === 'number' ? Math.abs(actual - expected) : 0;
};

const isNumber = (value) => (Array.isArray(value) ? value.every(isNumber) : typeof value === 'number' || typeof value === 'boolean');

/** One row a group: cases, values, the worst error, and where the library says something else than the exact value. */
const compare = (cases, answers) => {
  const rows = new Map();
  const wrong = [];
  for (const { id, group, in: given, exact, library } of cases) {
    const row = rows.get(group) ?? { group, cases: 0, values: 0, worstError: 0, worstExcess: 0, libraryValues: 0, libraryApart: 0 };
    rows.set(group, row);
    row.cases += 1;
    const out = answers.get(id);
    const tolerance = TOLERANCES[group] ?? TOLERANCE;
    for (const [name, value] of Object.entries(exact)) {
      const excess = excessOf(out?.[name], value, tolerance);
      row.values += 1;
      row.worstError = Math.max(row.worstError, errorOf(out?.[name], value));
      row.worstExcess = Math.max(row.worstExcess, excess);
      if (!(excess <= 1)) wrong.push({ id, name, in: given, actual: out?.[name], expected: value });
    }
    for (const [name, value] of Object.entries(library)) {
      if (name === 'failed' || !isNumber(value)) continue;
      row.libraryValues += 1;
      if (excessOf(out?.[name], value, Math.max(tolerance, TOLERANCE)) <= 1) continue;
      row.libraryApart += 1;
      // Where there is an exact value, that one decides.
      if (!(name in exact) && !(excessOf(out?.[name], value, LIBRARY_FACTOR * TOLERANCE) <= 1)) wrong.push({ id, name, in: given, actual: out?.[name], library: value });
    }
  }
  return { rows: [...rows.values()], wrong };
};

const refusals = () => {
  for (const [group, input, said] of REFUSED) {
    const { status, stderr } = ratchet(group, JSON.stringify(input));
    if (status !== 2 || !stderr.includes(said)) throw new Error(`stats ${group} ${JSON.stringify(input)} ended with ${status} and said ${stderr.trim()}`);
  }
};

/**
 * `seed` and `number` of cases a group from the environment: VERIFY_STATS_SEED, VERIFY_STATS_CASES.
 *
 * @throws {Error} that names the first differences; all of them are in a file of `folder`
 */
export const verifyStats = (folder, { seed = process.env.VERIFY_STATS_SEED ?? '1', number = process.env.VERIFY_STATS_CASES ?? '200' } = {}) => {
  mkdirSync(folder, { recursive: true });
  const python = pythonIn(folder, PACKAGES);
  const file = join(folder, 'cases.jsonl');
  rmSync(join(folder, 'wrong.jsonl'), { force: true });
  const text = must(program(python, ['-B', join(root, 'tools/stats-oracle/oracle.py'), seed, number], { env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' } }));
  writeFileSync(file, text);
  const cases = linesOf(text);
  const run = ratchet('--file', file);
  const answers = new Map(linesOf(run.stdout).map(({ id, out }) => [id, out]));
  const { rows, wrong } = compare(cases, answers);
  process.stdout.write('group                    cases  values  worst error  of tolerance  library: values, apart\n');
  for (const row of rows) {
    const { group, cases: drawn, values, worstError, worstExcess, libraryValues, libraryApart } = row;
    process.stdout.write(`${group.padEnd(24)} ${String(drawn).padStart(5)} ${String(values).padStart(7)} ${worstError.toExponential(1).padStart(12)} ${worstExcess.toPrecision(2).padStart(13)} ${String(libraryValues).padStart(15)} ${String(libraryApart).padStart(6)}\n`);
  }
  refusals();
  if (run.status !== 0) process.stdout.write(run.stderr);
  if (wrong.length > 0) {
    writeFileSync(join(folder, 'wrong.jsonl'), wrong.map((one) => `${JSON.stringify(one)}\n`).join(''));
    throw new Error(`${wrong.length} values differ (seed ${seed}; all in ${join(folder, 'wrong.jsonl')}): ${JSON.stringify(wrong[0])}`);
  }
  if (run.status !== 0) throw new Error(`ratchet stats --file ended with ${run.status}`);
};
