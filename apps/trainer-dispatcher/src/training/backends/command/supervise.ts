// Stands between the dispatcher and a training program, and outlives the dispatcher: it claims the run, starts the program without a shell, keeps the ends of what it
// says, holds it to its limits, and writes down how it ended. It leads the process group of the run, so that the group can be found by this process's id alone.
// It imports nothing of the project: it is a program of its own.
import { spawn, execFileSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, fsyncSync, linkSync, openSync, readdirSync, readFileSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

export const CLAIM = 'supervisor.json';
export const ENDED = 'ended.json';
export const CANCEL = 'cancel';
export const PLAN = 'plan.json';

/** What the supervisor is told by `plan.json`. The program's variables are the supervisor's own, and stand in no file. */
export interface Plan {
  readonly program: string;
  readonly args: readonly string[];
  /** ms since 1970. */
  readonly deadlineMs: number;
  readonly graceMs: number;
  readonly logBytes: number;
  readonly memoryMb?: number;
}

export interface Claim {
  readonly pid: number;
  /** What tells the process from a later one with the same id. */
  readonly started: string;
  readonly claimedAtMs: number;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly why: 'ended' | 'not_started' | 'timed_out' | 'cancelled' | 'memory';
  readonly message?: string;
  readonly endedAtMs: number;
}

/** When a process began, in words of the system; undefined where there is none of this id. */
export const startOf = (pid: number): string | undefined => {
  try {
    if (!existsSync('/proc/self/stat')) return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may hold anything; after it the state is the third field and the start the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19]}`;
  } catch {
    return undefined;
  }
};

/** Whole or not at all, and on the disk when it returns. */
export const writeWhole = (path: string, text: string): void => {
  const draft = `${path}.${process.pid}`;
  const file = openSync(draft, 'w', 0o600);
  writeSync(file, text);
  fsyncSync(file);
  closeSync(file);
  renameSync(draft, path);
};

/** False where another one has the run. */
const claim = (): boolean => {
  const draft = `${CLAIM}.${process.pid}`;
  const mine: Claim = { pid: process.pid, started: startOf(process.pid) ?? '', claimedAtMs: Date.now() };
  writeWhole(draft, JSON.stringify(mine));
  try {
    // A link is made whole or not at all, and only where there is none: one of two wins.
    linkSync(draft, CLAIM);
    return true;
  } catch {
    return false;
  } finally {
    unlinkSync(draft);
  }
};

/** The first third of what is said, and the last: three files of a third each at most. */
class BoundedLog {
  private readonly name: string;
  private readonly partBytes: number;
  private file: number;
  private written = 0;
  private isHead = true;

  constructor(name: string, bytes: number) {
    this.name = name;
    this.partBytes = Math.floor(bytes / 3);
    this.file = openSync(`${name}.log`, 'w', 0o600);
  }

  write(chunk: Buffer): void {
    for (let rest = chunk; rest.length > 0; ) {
      if (this.written === this.partBytes) this.turn();
      const part = rest.subarray(0, this.partBytes - this.written);
      this.written += writeSync(this.file, part);
      rest = rest.subarray(part.length);
    }
  }

  private turn(): void {
    closeSync(this.file);
    if (!this.isHead) renameSync(`${this.name}.tail.log`, `${this.name}.tail-before.log`);
    this.isHead = false;
    this.written = 0;
    this.file = openSync(`${this.name}.tail.log`, 'w', 0o600);
  }
}

/** Resident bytes of all processes of the group, without this one. */
const residentBytes = (group: number): number =>
  readdirSync('/proc').reduce((sum, name) => {
    if (!/^\d+$/u.test(name) || Number(name) === process.pid) return sum;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]) !== group) return sum;
      return sum + Number(/VmRSS:\s+(\d+) kB/u.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1] ?? 0) * 1_024;
    } catch {
      return sum;
    }
  }, 0);

const WATCH_MS = 500;

class Supervision {
  private readonly plan: Plan;
  private readonly child: ChildProcess;
  private stopping: Ended['why'] | undefined;

  // No parameter properties: from its source, too, this file is run as it stands.
  constructor(plan: Plan, child: ChildProcess) {
    this.plan = plan;
    this.child = child;
  }

  watch(): void {
    const { deadlineMs, memoryMb } = this.plan;
    // Somebody else's order to end goes to the program; this process waits for what comes of it.
    process.on('SIGTERM', () => this.stopping ?? this.child.kill('SIGTERM'));
    process.on('SIGINT', () => undefined);
    setInterval(() => {
      if (existsSync(CANCEL)) this.stop('cancelled');
      else if (Date.now() >= deadlineMs) this.stop('timed_out');
      else if (memoryMb !== undefined && existsSync('/proc/self/status') && residentBytes(process.pid) > memoryMb * 1_048_576) this.stop('memory');
    }, WATCH_MS);
    this.child.on('error', (error) => this.finish({ code: null, signal: null, why: 'not_started', message: error.message }));
    // Once its output is closed, too: the last words count.
    this.child.on('close', (code, signal) => this.finish({ code, signal, why: this.stopping ?? 'ended' }));
    this.child.on('exit', (code, signal) => {
      // What it left behind holds the output open; it has a moment to end by itself.
      setTimeout(() => this.finish({ code, signal, why: this.stopping ?? 'ended' }), this.plan.graceMs);
    });
  }

  private stop(why: Ended['why']): void {
    if (this.stopping !== undefined) return;
    this.stopping = why;
    // This process is of the group and heeds the signal, but is stopping already.
    process.kill(-process.pid, 'SIGTERM');
    setTimeout(() => this.finish({ code: null, signal: 'SIGKILL', why }), this.plan.graceMs);
  }

  /** The record comes first; then whatever is left of the group ends, with this process. */
  private finish(how: Omit<Ended, 'endedAtMs'>): void {
    writeWhole(ENDED, JSON.stringify({ ...how, endedAtMs: Date.now() } satisfies Ended));
    process.kill(-process.pid, 'SIGKILL');
  }
}

const keep = (stream: Readable | null, log: BoundedLog): void => {
  stream?.on('data', (chunk: Buffer) => log.write(chunk));
};

const main = (folder: string): void => {
  process.chdir(folder);
  const plan = JSON.parse(readFileSync(PLAN, 'utf8')) as Plan;
  if (existsSync(ENDED) || !claim()) return;
  // Cancelled before it began.
  if (existsSync(CANCEL)) return writeWhole(ENDED, JSON.stringify({ code: null, signal: null, why: 'cancelled', endedAtMs: Date.now() } satisfies Ended));
  const child = spawn(plan.program, plan.args, { cwd: folder, env: { ...process.env, RATCHET_JOB: join(folder, 'job.json') }, stdio: ['ignore', 'pipe', 'pipe'], shell: false });
  keep(child.stdout, new BoundedLog('stdout', plan.logBytes));
  keep(child.stderr, new BoundedLog('stderr', plan.logBytes));
  new Supervision(plan, child).watch();
};

// Imported, this file is a library; run, it is the supervisor of the folder that it is given.
const [, own, folder] = process.argv;
if (own !== undefined && folder !== undefined && /[\\/]supervise\.[jt]s$/u.test(own) && statSync(folder).isDirectory()) main(folder);
