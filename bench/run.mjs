// npm run bench -- streams|clients|gateway|tracing|training [options]: see docs/internals/benchmarks.md and docs/internals/training.md.
import { spawnSync } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { endAll } from './shared/child.mjs';
import { root, say } from './shared/report.mjs';

const USAGE = `usage: npm run bench -- streams [--only PART,...] [--records N] [--rounds N] [--conversations N] [--seed N] [--json FILE]
       npm run bench -- clients [--records N] [--rounds N] [--json FILE]
       npm run bench -- gateway [--connections N,...] [--rounds N] [--seconds N] [--latency MS] [--profile FOLDER] [--json FILE]
       npm run bench -- tracing [--connections N] [--rounds N] [--seconds N] [--latency MS] [--json FILE]
       npm run bench -- training [--only streams|hurts] [--stream NAME,...] [--recipes NAME,...] [--seeds N] [--part test|selection] [--grams] [--json FILE]
`;
const text = { type: 'string' };
const numbers = ['records', 'rounds', 'conversations', 'seed', 'seeds', 'seconds', 'latency'];
const lists = ['only', 'stream', 'recipes', 'connections'];
/** Which projects' built code a benchmark runs. */
const needs = {
  streams: ['signal-detector', 'local-stack'],
  clients: ['signal-detector', 'local-stack'],
  gateway: ['gateway', 'local-stack'],
  tracing: ['gateway', 'local-stack'],
  training: ['embedded-model', 'gates', 'sentence-encoder'],
};
const wholeNumber = (text, name) => {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1) throw new TypeError(`--${name} must be a whole number above 0`);
  return number;
};

const readOptions = () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { ...Object.fromEntries([...numbers, ...lists, 'part', 'json', 'profile'].map((name) => [name, text])), grams: { type: 'boolean' } },
  });
  const [name, ...rest] = positionals;
  if (!Object.hasOwn(needs, name ?? '') || rest.length > 0) throw new TypeError('name one benchmark');
  const given = (keys, read) => Object.fromEntries(keys.filter((key) => values[key] !== undefined).map((key) => [key, read(values[key], key)]));
  return { name, ...given(numbers, wholeNumber), ...given(lists, (list) => list.split(',')), ...given(['part', 'json', 'grams', 'profile'], (value) => value) };
};

const build = (name) => {
  say('building what is stale');
  const projects = needs[name].map((project) => `@ratchet/${project}`).join(',');
  const path = [dirname(process.execPath), join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  const args = ['node_modules/nx/dist/bin/nx.js', 'run-many', '-t', 'build', `--projects=${projects}`, '--outputStyle=static'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', env: { ...process.env, PATH: path, NX_DAEMON: 'false' } });
  if (status !== 0) throw new Error(`the build failed:\n${stdout}${stderr}`);
};

const options = (() => {
  try {
    return readOptions();
  } catch (error) {
    process.stderr.write(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
})();

let stop = async () => undefined;
const cleanUp = async () => {
  await endAll();
  await stop();
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => cleanUp().finally(() => process.exit(130)));
try {
  build(options.name);
  const { benchmark } = await import(`./${options.name}/${options.name}.mjs`);
  process.exitCode = (await benchmark(options, { onCluster: (cluster) => (stop = cluster.stop) })) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
} finally {
  await cleanUp();
}
process.exit();
