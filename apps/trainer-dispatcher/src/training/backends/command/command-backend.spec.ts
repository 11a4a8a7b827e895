// Programs that really run, and a dispatcher that is really killed.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually, startTestProcess } from '@ratchet/testing';
import { handleOf, orderOf } from '../../spec-support/orders.js';
import { trainersSchema } from '../../trainers-config.js';
import type { CommandTrainerConfig } from '../../trainers-config.js';
import type { TrainingRun } from '../trainer-backend.js';
import { CommandBackend } from './command-backend.js';

let folder: string;
const pathOf = (name: string): string => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trainer-'));
});
afterEach(async () => {
  // A program that a failed test left behind ends with its folder: each looks for it.
  rmSync(folder, { recursive: true, force: true });
});

const configOf = (change: Partial<CommandTrainerConfig>): CommandTrainerConfig =>
  trainersSchema.parse({ own: { backend: 'command', program: process.execPath, folder, graceMs: 300, ...change } })['own'] as CommandTrainerConfig;
/** A program of these lines; it ends when the folder of the test does. */
const program = (lines: string, change: Partial<CommandTrainerConfig> = {}): CommandTrainerConfig => {
  const script = pathOf('program.mjs');
  writeFileSync(script, `import fs from 'node:fs';\nsetInterval(() => fs.existsSync('job.json') || process.exit(9), 200).unref();\nconst done = (result) => fs.writeFileSync('result.json', JSON.stringify(result));\n${lines}\n`);
  return configOf({ args: [script], ...change });
};
const untilOver = (backend: CommandBackend, run: ReturnType<typeof orderOf>): Promise<TrainingRun> =>
  eventually(async () => {
    const seen = await backend.look(handleOf(run));
    if (seen.status === 'running') throw new Error('it still runs');
    return seen;
  }, { withinMs: 15_000, everyMs: 50 });
const runOnce = async (config: CommandTrainerConfig, change: Parameters<typeof orderOf>[1] = {}, environment?: NodeJS.ProcessEnv): Promise<{ seen: TrainingRun; backend: CommandBackend; run: ReturnType<typeof orderOf> }> => {
  const backend = new CommandBackend(config, environment);
  const run = orderOf('c1', change);
  expect(await backend.look(handleOf(run))).toEqual({ status: 'absent' });
  await backend.start(run.order);
  return { seen: await untilOver(backend, run), backend, run };
};

describe('a training program', () => {
  it('is given the data as JSON lines and the job, and gives back a model, metrics and its cost', async () => {
    const config = program(`
      const rows = (name) => fs.readFileSync(name, 'utf8').trim().split('\\n').map((line) => JSON.parse(line));
      const job = JSON.parse(fs.readFileSync(process.env.RATCHET_JOB, 'utf8'));
      fs.writeFileSync('results.csv', 'step,train_loss\\n1,2\\n2,1\\n');
      done({ model: job.baseModel + '+' + rows('examples.jsonl').length + rows('retention.jsonl').length, metrics: { pairs: rows('preferences.jsonl').length, loss: 0.5 }, costUsd: 2.5 });`);
    const { seen, run, backend } = await runOnce(config);
    expect(seen).toEqual({ status: 'succeeded', model: 'base@1+21', metrics: { pairs: 1, loss: 0.5 }, lossCurve: [{ step: 1, trainLoss: 2 }, { step: 2, trainLoss: 1 }], costUsd: 2.5 });
    expect(JSON.parse(readFileSync(pathOf('c1/preferences.jsonl'), 'utf8'))).toEqual({ prompt: [{ role: 'user', content: 'question b' }], chosen: [{ role: 'assistant', content: 'answer b' }], rejected: [{ role: 'assistant', content: 'wrong' }] });
    await backend.tidy(handleOf(run));
    expect(readdirSync(pathOf('c1')).filter((name) => name.endsWith('.jsonl'))).toEqual([]);
    expect(await backend.look(handleOf(run))).toEqual(seen);
  });

  it('sees the variables that are allowed or set, and no others', async () => {
    const config = program(`done({ model: JSON.stringify(process.env) });`, { env: ['PATH', 'CUDA_VISIBLE_DEVICES'], set: { MODE: 'fast' } });
    const { seen } = await runOnce(config, {}, { PATH: '/usr/bin:/bin', CUDA_VISIBLE_DEVICES: '1', PROVIDERS: 'secret', DATABASE_URL: 'secret' });
    const env = JSON.parse((seen as { model: string }).model) as Record<string, string>;
    expect(env).toMatchObject({ PATH: '/usr/bin:/bin', CUDA_VISIBLE_DEVICES: '1', MODE: 'fast', RATCHET_JOB: pathOf('c1/job.json') });
    expect(JSON.stringify(env)).not.toContain('secret');
  });

  it.each([
    ['exit code 0 without a result', '', { code: 'failed', reason: 'result.json is missing', dataAtFault: false }],
    ['a result that is none', `done({ model: '', metrics: { loss: 'low' } });`, { code: 'failed', reason: expect.stringMatching(/result\.json model: .*metrics\.loss/u), dataAtFault: false }],
    ['exit code 3', 'process.exitCode = 3;', { code: 'failed', reason: 'the program ended with exit code 3', dataAtFault: true }],
    ['exit code 65', 'process.exitCode = 65;', { code: 'refused', dataAtFault: true }],
    ['exit code 75', 'process.exitCode = 75;', { code: 'failed', dataAtFault: false }],
    ['a signal', `process.kill(process.pid, 'SIGKILL');`, { code: 'failed', reason: 'the program was killed by SIGKILL', dataAtFault: false }],
  ] as const)('that ends with %s has failed, and it is said how', async (_how, lines, failure) => {
    expect((await runOnce(program(lines))).seen).toMatchObject({ status: 'failed', ...failure });
  });

  it('that cannot be started is refused', async () => {
    writeFileSync(pathOf('broken'), 'no program');
    chmodSync(pathOf('broken'), 0o755);
    // A supervisor is started, and the system refuses the file.
    expect((await runOnce(configOf({ program: pathOf('broken') }))).seen).toMatchObject({ status: 'failed', code: 'refused', dataAtFault: false });
    await expect(new CommandBackend(configOf({ program: pathOf('missing') })).start(orderOf('c2').order)).rejects.toMatchObject({ code: 'trainer_refused', retryable: false });
  });

  it('is ended when its time is over, with what it started', async () => {
    const config = program(`
      const { spawn } = await import('node:child_process');
      spawn(process.execPath, ['-e', "setInterval(() => 0, 1000); process.on('SIGTERM', () => 0)"], { stdio: 'ignore' });
      process.on('SIGTERM', () => 0); setInterval(() => 0, 1000);`);
    const { seen, backend, run } = await runOnce(config, { deadline: new Date(Date.now() + 1_000) });
    expect(seen).toMatchObject({ status: 'failed', code: 'timed_out', dataAtFault: false });
    expect(await eventually(async () => ((await backend.cancel(handleOf(run))) ? 'ended' : Promise.reject(new Error('it lives'))))).toBe('ended');
    const { pid } = JSON.parse(readFileSync(pathOf('c1/supervisor.json'), 'utf8')) as { pid: number };
    await eventually(() => {
      expect(() => process.kill(-pid, 0)).toThrow();
    });
  });

  it('is ended when it uses more memory than it may', async () => {
    const config = program('globalThis.kept = []; setInterval(() => kept.push(Buffer.alloc(40_000_000, 1)), 50);', { memoryMb: 150 });
    expect((await runOnce(config)).seen).toMatchObject({ status: 'failed', reason: 'the program used more than 150 MB', dataAtFault: false });
  });

  it('is ended by a cancellation, which is remembered', async () => {
    const backend = new CommandBackend(program('setInterval(() => 0, 1000);'));
    const run = orderOf('c1');
    expect(await backend.cancel(handleOf(run))).toBe(true);
    await backend.start(run.order);
    await backend.cancel(handleOf(run));
    expect(await untilOver(backend, run)).toMatchObject({ status: 'failed', code: 'cancelled' });
    expect(await backend.cancel(handleOf(run))).toBe(true);
  });

  it('may say as much as it likes: the beginning and the end are kept', async () => {
    const config = program(`process.stdout.write('first words\\n' + 'x'.repeat(200_000) + '\\nlast words\\n'); console.error('a warning'); done({ model: 'm' });`, { logBytes: 9_000 });
    const { seen, backend, run } = await runOnce(config);
    expect(seen).toMatchObject({ status: 'succeeded' });
    const log = await backend.logs(handleOf(run));
    expect(log).toContain('first words');
    expect(log).toContain('last words');
    expect(log).toContain('a warning');
    const kept = readdirSync(pathOf('c1')).filter((name) => name.startsWith('stdout')).reduce((sum, name) => sum + readFileSync(pathOf(`c1/${name}`)).length, 0);
    expect(kept).toBeLessThanOrEqual(9_000);
  });
});

describe('one run a cycle', () => {
  /** Counts its runs, and ends when the test says so. */
  const countingProgram = (): CommandTrainerConfig =>
    program(`
      fs.appendFileSync('../runs', process.pid + '\\n');
      setInterval(() => { if (fs.existsSync('../go')) { done({ model: 'tuned' }); process.exit(0); } }, 50);`);
  const runs = (): string[] => (existsSync(pathOf('runs')) ? readFileSync(pathOf('runs'), 'utf8').trim().split('\n') : []);
  const dispatcher = fileURLToPath(new URL('./spec-support/dispatcher.mjs', import.meta.url));

  it('is adopted by the dispatcher that comes after one that was killed, and ends once', async () => {
    const config = countingProgram();
    const run = orderOf('c1');
    const killed = startTestProcess({ script: dispatcher, args: [JSON.stringify({ config, order: run.order })], env: { NODE_OPTIONS: '--experimental-transform-types --disable-warning=ExperimentalWarning --conditions=@ratchet/source' } });
    await killed.said(/started/u);
    await eventually(() => expect(runs()).toHaveLength(1));
    await killed.end('SIGKILL');

    const next = new CommandBackend(config);
    expect(await next.look(handleOf(run))).toEqual({ status: 'running' });
    await next.start(run.again());
    expect(await next.look(handleOf(run))).toEqual({ status: 'running' });
    writeFileSync(pathOf('go'), '');
    expect(await untilOver(next, run)).toMatchObject({ status: 'succeeded', model: 'tuned' });
    expect(runs()).toHaveLength(1);
  });

  it('is one, too, when several start it at the same time', async () => {
    const config = countingProgram();
    const run = orderOf('c1');
    await Promise.all([1, 2, 3].map(() => new CommandBackend(config).start(run.order)));
    await eventually(() => expect(runs()).toHaveLength(1));
    writeFileSync(pathOf('go'), '');
    await untilOver(new CommandBackend(config), run);
    expect(runs()).toHaveLength(1);
  });

  it('is found by its process group when its supervisor was killed, and its result counts', async () => {
    const backend = new CommandBackend(countingProgram());
    const run = orderOf('c1');
    await backend.start(run.order);
    await eventually(() => expect(runs()).toHaveLength(1));
    const { pid } = JSON.parse(readFileSync(pathOf('c1/supervisor.json'), 'utf8')) as { pid: number };
    process.kill(pid, 'SIGKILL');
    await eventually(() => expect(() => process.kill(pid, 0)).toThrow());
    expect(await backend.look(handleOf(run))).toEqual({ status: 'running' });
    await backend.start(run.again());
    writeFileSync(pathOf('go'), '');
    expect(await untilOver(backend, run)).toMatchObject({ status: 'succeeded', model: 'tuned' });
    expect(runs()).toHaveLength(1);
  });

  it('has failed when all of it was killed, and is not begun again', async () => {
    const backend = new CommandBackend(countingProgram());
    const run = orderOf('c1');
    await backend.start(run.order);
    await eventually(() => expect(runs()).toHaveLength(1));
    const { pid } = JSON.parse(readFileSync(pathOf('c1/supervisor.json'), 'utf8')) as { pid: number };
    process.kill(-pid, 'SIGKILL');
    expect(await untilOver(backend, run)).toMatchObject({ status: 'failed', code: 'failed', dataAtFault: false, reason: expect.stringContaining('killed') });
    await backend.start(run.again());
    expect(runs()).toHaveLength(1);
  });
});

describe('the example program of the documents', () => {
  it('trains, and says what it has learnt', async () => {
    const { seen } = await runOnce(configOf({ program: fileURLToPath(new URL('../../../../../../docs/examples/trainers/train.mjs', import.meta.url)) }), {}, process.env);
    expect(seen).toEqual({ status: 'succeeded', model: 'base@c1', metrics: { examples: 3, answers: 3 } });
    expect(existsSync(pathOf('c1/model.json'))).toBe(true);
  });
});
