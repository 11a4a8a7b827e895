import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LossPoint } from '@ratchet/domain';
import { lossCurveOfCsv } from '@ratchet/providers';
import { dataFileNames } from '../../training-data.js';
import type { DataFiles } from '../../training-data.js';
import { readResult } from '../program-result.js';
import { CANCEL, CLAIM, ENDED, PLAN, startOf } from './supervise.js';
import type { Claim, Ended, Plan } from './supervise.js';

const RESULT_BYTES_MAX = 1_000_000;
const CURVE_BYTES_MAX = 8_000_000;
const LOG_TAIL_BYTES = 32_768;

/** The folder of one run, and what can be told from it about the processes. */
export class RunFolder {
  constructor(readonly path: string) {}

  /** Written once: whoever comes later trains on what is there already. */
  async prepare({ files, job, plan }: { files: DataFiles; job: object; plan: Plan }): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    if (existsSync(join(this.path, PLAN))) return;
    for (const [name, text] of Object.entries(files)) await this.write(name, text);
    await this.write('job.json', `${JSON.stringify(job, null, 2)}\n`);
    await this.write(PLAN, JSON.stringify(plan));
  }

  get isPrepared(): boolean {
    return existsSync(join(this.path, PLAN));
  }

  get claim(): Claim | undefined {
    return this.readJson<Claim>(CLAIM);
  }

  get ended(): Ended | undefined {
    return this.readJson<Ended>(ENDED);
  }

  /** Whether a process of the run lives: its supervisor, or, where that was killed, what is left of the group that it led. */
  get isAlive(): boolean {
    const { claim } = this;
    if (!claim) return false;
    const started = startOf(claim.pid);
    if (started !== undefined) return started === claim.started;
    return isGroup(claim.pid);
  }

  async result(): Promise<ReturnType<typeof readResult>> {
    const path = join(this.path, 'result.json');
    const size = await stat(path).then((info) => info.size, () => undefined);
    if (size === undefined) return { problem: 'is missing' };
    if (size > RESULT_BYTES_MAX) return { problem: `is larger than ${RESULT_BYTES_MAX} bytes` };
    return readResult(await readFile(path, 'utf8'));
  }

  /** From `results.csv`, which a program may write as OpenAI's jobs do; empty where there is none. */
  async lossCurve(): Promise<LossPoint[]> {
    const path = join(this.path, 'results.csv');
    const size = await stat(path).then((info) => info.size, () => undefined);
    if (size === undefined || size > CURVE_BYTES_MAX) return [];
    return readFile(path, 'utf8').then(lossCurveOfCsv, () => []);
  }

  /** The supervisor sees it; where there is none any more, the group is told directly. */
  async cancel(): Promise<void> {
    await writeFile(join(this.path, CANCEL), '');
    const { claim } = this;
    if (claim && startOf(claim.pid) !== claim.started && this.isAlive) killGroup(claim.pid);
  }

  /** The ends of standard output and standard error. */
  async logs(): Promise<string> {
    const parts = await Promise.all(['stdout', 'stderr'].map(async (name) => {
      const texts = await Promise.all([`${name}.log`, `${name}.tail-before.log`, `${name}.tail.log`].map((file) => tail(join(this.path, file))));
      const text = texts.join('').slice(-LOG_TAIL_BYTES);
      return text === '' ? '' : `--- ${name}\n${text}\n`;
    }));
    return parts.join('');
  }

  /** The data go; result, logs and whatever the program left stay. */
  async tidy(): Promise<void> {
    await Promise.all(dataFileNames.map((name) => rm(join(this.path, name), { force: true })));
  }

  private async write(name: string, text: string): Promise<void> {
    // Two that prepare at once write the same, each into a draft of its own.
    const draft = join(this.path, `${name}.draft-${randomUUID()}`);
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, join(this.path, name));
  }

  private readJson<Value>(name: string): Value | undefined {
    try {
      return JSON.parse(readFileSync(join(this.path, name), 'utf8')) as Value;
    } catch {
      return undefined;
    }
  }
}

const isGroup = (group: number): boolean => {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
};

const killGroup = (group: number): void => {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // It ended in the meantime.
  }
};

const tail = async (path: string): Promise<string> => {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return '';
  try {
    const { size } = await file.stat();
    const length = Math.min(size, LOG_TAIL_BYTES);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8');
  } finally {
    await file.close();
  }
};
