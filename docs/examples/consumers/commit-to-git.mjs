// node commit-to-git.mjs --repository FOLDER [--remote origin] [--branch main] --brokers HOST:PORT [--group my-team]
// Writes the version that serves each target into models/<model>/<workload>.yaml and commits it, for Argo CD or Flux to roll out. FOLDER is a clone that nobody
// else works in: with --remote it is set back to the remote's branch before each commit, and pushed after it.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { followUntilStopped } from './follow-promotions.mjs';

const run = promisify(execFile);
const PUSHES_MAX = 5;
const TRAILERS_MAX = 50;
const TEXT_MAX = 300;
const IDENTITY = ['-c', 'user.name=ratchet', '-c', 'user.email=ratchet@localhost'];

/** Without a shell: what events hold never becomes a command, and is never the first character of an argument. */
const git = async (folder, args, input) => {
  const running = run('git', ['-C', folder, ...args], { timeout: 60_000, maxBuffer: 1_000_000, env: { ...process.env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' } });
  // A git that reads nothing may be gone before; whether it did its work, it says by its exit code.
  running.child.stdin.on('error', () => undefined).end(input);
  return (await running).stdout;
};

/** Names are anybody's: one that is no plain file name becomes one, with a hash so that two never share it. */
const segmentOf = (name) => {
  if (/^[a-z0-9][a-z0-9._-]{0,79}$/u.test(name)) return name;
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9_-]+/gu, '-').replaceAll(/^-+|-+$/gu, '').slice(0, 60);
  return `${plain || 'name'}-${createHash('sha256').update(name).digest('hex').slice(0, 12)}`;
};

export const pathOf = ({ model, workload }) => `models/${segmentOf(model)}/${segmentOf(workload)}.yaml`;

/** Text on one line, without what is not printed. */
const lineOf = (text) => String(text).replaceAll(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim().slice(0, TEXT_MAX);

/** What an event says of its target: which version serves from when on. */
export const servingOf = ({ id, type, data }) => {
  const isPromotion = type === 'ratchet.version.promoted';
  return {
    model: data.model,
    workload: data.workload,
    version: isPromotion ? data.version : data.previousVersion,
    changedAt: isPromotion ? data.promotedAt : data.rolledBackAt,
    event: id,
  };
};

/** A string of JSON is one of YAML, too, but for these characters. */
const quoted = (text) => JSON.stringify(text).replaceAll(/[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

const HEADING = '# Written by commit-to-git.mjs: changes by hand are overwritten.';
const toYaml = (serving) => `${HEADING}\n${Object.entries(serving).map(([name, value]) => `${name}: ${quoted(value)}\n`).join('')}`;
const fromYaml = (yaml, path) => {
  if (!yaml.startsWith(HEADING)) throw new Error(`${path} was not written by this program, and stays as it is`);
  return Object.fromEntries(yaml.trim().split('\n').slice(1).map((line) => [line.slice(0, line.indexOf(': ')), JSON.parse(line.slice(line.indexOf(': ') + 2))]));
};

const armOf = ({ units, failedUnits }) => `${failedUnits} of ${units} failed`;

const trailersOf = ({ id, type, data }) => {
  const { cycleId, rolloutId, trainingRunId, actor, opportunityIds = [], datasetIds = [], verdict, evidence } = data;
  const all = [
    ['Event', id], ['Event-Type', type], ['Cycle', cycleId], ['Rollout', rolloutId], ['Actor', actor], ['Training-Run', trainingRunId],
    ['Verdict', verdict && `${verdict.outcome}: ${verdict.message}`],
    ['Evidence', evidence && `candidate ${armOf(evidence.candidate)}, control ${armOf(evidence.control)}`],
    ...opportunityIds.map((one) => ['Weakness', one]), ...datasetIds.map((one) => ['Dataset', one]),
  ];
  return all.filter(([, value]) => value !== undefined).slice(0, TRAILERS_MAX).map(([name, value]) => `Ratchet-${name}: ${lineOf(value)}`).join('\n');
};

const messageOf = (event, serving) => {
  const verb = event.type === 'ratchet.version.promoted' ? 'Promote' : 'Go back to';
  return `${verb} ${lineOf(serving.version)} for ${lineOf(serving.model)}/${lineOf(serving.workload)}\n\n${lineOf(event.data.reason)}\n\n${trailersOf(event)}\n`;
};

/** What is committed, and not what a crash may have left in the folder. */
const committed = async (folder, path) => {
  const listed = await git(folder, ['ls-tree', '--name-only', 'HEAD', '--', path]);
  return listed === '' ? undefined : fromYaml(await git(folder, ['show', `HEAD:${path}`]), path);
};

const commitOnce = async ({ folder, remote, branch }, event) => {
  if (remote !== undefined) {
    await git(folder, ['fetch', '--quiet', remote, branch]);
    await git(folder, ['reset', '--quiet', '--hard', 'FETCH_HEAD']);
  }
  const serving = servingOf(event);
  const path = pathOf(serving);
  const before = await committed(folder, path);
  if (before?.event === event.id) return 'done before';
  if (before && Date.parse(serving.changedAt) < Date.parse(before.changedAt)) return 'older than what is there';
  // A candidate that is rolled back never got here: its predecessor served all along.
  if (before?.version === serving.version) return 'nothing to change';
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), toYaml(serving));
  await git(folder, ['add', '--', path]);
  await git(folder, [...IDENTITY, 'commit', '--quiet', '--file=-', '--', path], messageOf(event, serving));
  if (remote !== undefined) await git(folder, ['push', '--quiet', remote, `HEAD:refs/heads/${branch}`]);
  return 'committed';
};

/** Commits what the event says, once however often it is called. Gives what became of it; throws where git does. */
export const commitPromotion = async ({ folder, remote, branch = 'main' }, event) => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await commitOnce({ folder, remote, branch }, event);
    } catch (error) {
      // Somebody else has pushed in between.
      if (!/\[(?:remote )?rejected\]/u.test(String(error.stderr)) || attempt === PUSHES_MAX) throw error;
    }
  }
};

if (import.meta.main) {
  const text = { type: 'string' };
  const { values } = parseArgs({ options: { repository: text, remote: text, branch: { ...text, default: 'main' }, brokers: { ...text, default: 'localhost:9092' }, group: { ...text, default: 'commit-to-git' } } });
  const { repository: folder, remote, branch, brokers, group } = values;
  if (!folder) throw new Error('--repository must name a clone');
  const handler = async (event) => console.error(`${event.type} ${event.id}: ${await commitPromotion({ folder, remote, branch }, event)}`);
  await followUntilStopped({ brokers, group, handler });
}
