// npm run bench -- streams|clients [options]: see docs/internals/benchmarks.md.
import { spawnSync } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { endAll } from './shared/child.mjs';
import { root, say } from './shared/report.mjs';

const USAGE = `usage: npm run bench -- streams [--only PART,...] [--records N] [--rounds N] [--conversations N] [--seed N] [--json FILE]
       npm run bench -- clients [--records N] [--rounds N] [--json FILE]
`;
const wholeNumber = (text, name) => {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1) throw new TypeError(`--${name} must be a whole number above 0`);
  return number;
};

const readOptions = () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { only: { type: 'string' }, records: { type: 'string' }, rounds: { type: 'string' }, conversations: { type: 'string' }, seed: { type: 'string' }, json: { type: 'string' } },
  });
  const [name, ...rest] = positionals;
  if (!['streams', 'clients'].includes(name) || rest.length > 0) throw new TypeError('name one benchmark');
  const numbers = Object.fromEntries(['records', 'rounds', 'conversations', 'seed'].filter((key) => values[key] !== undefined).map((key) => [key, wholeNumber(values[key], key)]));
  return { name, ...numbers, ...(values.only && { only: values.only.split(',') }), ...(values.json && { json: values.json }) };
};

const build = () => {
  say('building what is stale');
  const projects = ['signal-detector', 'local-stack'].map((project) => `@ratchet/${project}`).join(',');
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
  build();
  const { benchmark } = await import(`./${options.name}/${options.name}.mjs`);
  process.exitCode = (await benchmark(options, { onCluster: (cluster) => (stop = cluster.stop) })) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
} finally {
  await cleanUp();
}
process.exit();
