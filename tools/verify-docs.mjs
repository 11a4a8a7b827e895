// `npm run verify -- docs`: each command that a document shows in a block of its own, run on a demo that turns, with real ids in the place of `ID` and the like. A command that is neither run nor named
// under `elsewhere` with the reason fails it, so that a new one in a document comes with its test.
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './console-events.mjs';
import { readerOf, startDemo } from './demo-process.mjs';
import { root } from './run-process.mjs';

const MINUTE_MS = 60_000;
/** Conversations a second: enough for a week in some minutes, and little enough that orders are obeyed soon. */
const RATE = 80;
const MODEL = 'support-assistant';
const ACTOR = 'ann';

/** Commands that are run by something else, or that nothing here can run. */
const elsewhere = [
  [/^npm (start|test)\b/, 'the checks of the whole project'],
  [/^npm run (bench|verify|chaos|soak|sbom)\b|^(RATCHET_DATA_DIR=\S+ )?node libs\/signals\/bench\//, 'takes minutes to hours by itself; docs/internals has its results'],
  [/^(docker|helm|kubectl)\b/, 'needs an engine or a cluster; `npm run verify -- compose`, and the chart by its own checks'],
  [/^(pg_basebackup|pg_dump|pg_restore|psql .*create role)\b/, '`npm run verify -- postgres-tools` runs them'],
  [/^npx ratchet rewind\b/, '`npm run verify -- restore` runs it: while services run it is refused'],
  [/^kafka-acls\.sh\b/, 'apps/e2e drives a broker with access control lists'],
  [/registry export --to-mlflow/, '`npm run verify -- mlflow`, against a real MLflow'],
  [/^npx ratchet adopt .*--provider openai\b/, 'needs an account at that provider; apps/e2e adopts versions of its own'],
];

const commandsOf = async () => {
  const { blockCommands } = await import('../apps/cli/dist/documents/document-text.js');
  return globSync(['README.md', 'deploy/**/*.md', 'docs/**/*.md'], { cwd: root })
    .sort()
    .flatMap((path) => blockCommands(readFileSync(join(root, path), 'utf8')).map((command) => ({ path, command })));
};

/** What stands for an id in a document, by what is there; ids of reviews are used up. */
const idsOf = async (read) => {
  const waiting = (await read('/api/reviews?state=waiting&limit=50')).items.map(({ exampleId }) => exampleId);
  const opportunities = (await read('/api/opportunities?state=open&limit=50')).items.map(({ opportunityId }) => opportunityId);
  const { items: versions } = await read('/api/versions');
  const { items: datasets } = await read('/api/datasets');
  return { waiting, opportunities, version: versions[0].version, dataset: datasets[0].datasetId };
};

/** The line with real values. `state` remembers what later lines speak of. */
const filled = (line, ids, state) => {
  const item = () => {
    state.item = ids.waiting.shift();
    return state.item;
  };
  return line
    .replaceAll(/ \[--[^\]]*\]/g, '')
    .replace(/\bID ID \.\.\./, () => `${item()} ${ids.waiting.shift()}`)
    .replace(/review reopen ID/, () => `review reopen ${state.approved}`)
    .replace(/(review (?:reject|edit|approve)) (?:ID|EXAMPLE)/, (_, order) => `${order} ${item()}`)
    .replace(/--opportunity ID/, () => `--opportunity ${ids.opportunities.shift()}`)
    .replace('--model assistant', `--model ${MODEL}`)
    .replace('--user ID', '--user somebody')
    .replace('ERASURE', state.erasure ?? 'ERASURE')
    .replace(/\bVERSION\b|v2-3fa9c1d2/, ids.version)
    .replace(/\bDATASET\b/, ids.dataset)
    .replace(/\bLOG\b/, 'docs/examples/chat-log.jsonl')
    .replace('--weights weights.json', '--weights libs/signals/src/failure/weights.json')
    .replace('--out weights.json', `--out ${join(state.folder, 'weights.json')}`)
    .replace(/\banchor(\.pub)?\.pem/g, (name) => join(state.folder, name))
    .replace(/> ([\w-]+\.jsonl)\b/, (_, name) => `> ${join(state.folder, name)}`)
    .replace('https://ratchet.example.com', state.url)
    .replace('localhost:8080', state.gateway.replace('http://', ''))
    .replace('localhost:9092', state.brokers)
    .replaceAll('/tmp/ratchet-run', join(state.folder, 'run'))
    .replace('TOKEN_ID', state.tokenId ?? 'TOKEN_ID');
};

/** Exit codes besides 0 that say what the document says. */
const alsoRight = [
  [/audit verify --anchor-key/, [1], 'anchors of a demo are not signed'],
  [/signals (check|fit)/, [3], 'the example has no feedback'],
  [/cycle start/, [1], 'another cycle may be under way'],
  [/cycle cancel/, [1, 2], 'the cycle may be over, or judged by now'],
];

const run = (line, env) => {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', line.replace(/^npx ratchet/, 'node apps/cli/bin/ratchet.mjs')], { cwd: root, encoding: 'utf8', timeout: 5 * MINUTE_MS, maxBuffer: 2 ** 28, env: { ...process.env, ...env } });
  return { code: status ?? 1, stdout, said: `${stdout}${stderr}`.trim() };
};

/** What a later line needs of what this one printed. */
const remember = (line, { stdout }, state) => {
  if (/review approve/.test(line)) state.approved = state.item;
  if (/ratchet erase --model/.test(line)) [state.erasure] = stdout.trim().split(/\s/);
  if (line.includes('/api/access/tokens -d')) state.tokenId = JSON.parse(stdout).tokenId ?? JSON.parse(stdout).id;
};

const isRight = (line, { code, said }) => {
  if (/^curl/.test(line) && /"status":\s?[45]\d\d|"title":|"error":|^HTTP\/1.1 [45]/.test(said)) return false;
  return code === 0 || alsoRight.some(([pattern, codes]) => pattern.test(line) && codes.includes(code));
};

/** Throws with all commands that do not work. */
export const verifyDocs = async (folder) => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { startStack } = await import('../libs/local-stack/dist/index.js');
  const stack = await startStack({ dataDir: join(folder, 'stack') });
  const env = { KAFKA_BROKERS: stack.kafkaBrokers.join(','), DATABASE_URL: stack.databaseUrl };
  let demo;
  try {
    demo = await startDemo(join(folder, 'demo'), { rate: RATE, env });
    const read = readerOf(demo);
    await eventually('reviews wait, and a dataset and opportunities are there', async () => (await read('/api/reviews?state=waiting&limit=20')).items.length >= 10 && (await read('/api/datasets')).items.length > 0, 20 * MINUTE_MS, 5_000);
    await runAll(await idsOf(read), { folder, url: demo.url, gateway: demo.gateway, brokers: env.KAFKA_BROKERS }, { ...env, TOKEN: demo.token });
  } finally {
    await demo?.stop();
    await stack.stop();
  }
};

const runAll = async (ids, state, env) => {
  const problems = [];
  let done = 0;
  for (const { path, command } of await commandsOf()) {
    if (elsewhere.some(([pattern]) => pattern.test(command))) continue;
    const line = filled(command, ids, state);
    const ended = run(line, env);
    // What was ordered comes back by a topic.
    if (!isRight(line, ended) && /erase --report/.test(line)) await eventually('the erasure is done', () => run(line, env).code === 0, MINUTE_MS, 2_000).then(() => (ended.code = 0), () => undefined);
    process.stdout.write(`${isRight(line, ended) ? 'right' : 'WRONG'} (${ended.code})  ${path}: ${line}\n`);
    if (isRight(line, ended)) remember(line, ended, state);
    else problems.push(`${path}: ${line} ended with ${ended.code}: ${ended.said.slice(-500)}`);
    done += 1;
  }
  process.stdout.write(`${done} commands of the documents were run\n`);
  if (problems.length > 0 || done < 30) throw new Error(`${problems.length} of ${done} commands do not work:\n${problems.join('\n')}`);
};
