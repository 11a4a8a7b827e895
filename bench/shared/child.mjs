// Processes under measurement: started, read, accounted for and ended by their own id.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const OUTPUT_CHARACTERS_MAX = 2_000_000;
/** Of Linux on all common platforms. */
const TICKS_PER_SECOND = 100;
const KILL_AFTER_MS = 30_000;
const running = new Set();

/** Seconds of processor time and resident megabytes of a process; undefined where there is no /proc (then nothing is reported). */
export const usageOf = (pid) => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
    const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND, rssMb: Number(resident?.[1] ?? 0) / 1_024 };
  } catch {
    return undefined;
  }
};

export class Child {
  #output = '';
  #exited;

  constructor(command, args, { env = {}, cwd } = {}) {
    this.child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: '', ...env } });
    running.add(this);
    this.#exited = once(this.child, 'exit').then(() => running.delete(this));
    for (const name of ['stdout', 'stderr']) this.child[name].setEncoding('utf8').on('data', (text) => (this.#output = (this.#output + text).slice(-OUTPUT_CHARACTERS_MAX)));
  }

  static node(script, args, options) {
    return new Child(process.execPath, [script, ...args], options);
  }

  get pid() {
    return this.child.pid;
  }

  get output() {
    return this.#output;
  }

  get hasEnded() {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  usage() {
    return usageOf(this.pid);
  }

  /** Waits until the output matches. */
  async said(pattern, withinMs = 120_000) {
    const until = Date.now() + withinMs;
    for (;;) {
      const found = pattern.exec(this.#output);
      if (found) return found;
      if (this.hasEnded || Date.now() > until) throw new Error(`process ${this.pid} has not said ${pattern}: ${this.#output.slice(-3_000)}`);
      await sleep(20);
    }
  }

  /** Waits for the end, and gives the last line of the output as JSON. */
  async result() {
    await this.#exited;
    if (this.child.exitCode !== 0) throw new Error(`process ${this.pid} ended with ${this.child.exitCode ?? this.child.signalCode}: ${this.#output.slice(-3_000)}`);
    return JSON.parse(this.#output.trimEnd().split('\n').at(-1));
  }

  async end(signal = 'SIGTERM') {
    if (!this.hasEnded) this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), KILL_AFTER_MS);
    await this.#exited;
    clearTimeout(timer);
  }
}

/** For interrupts and failures: nothing that was started here stays behind. */
export const endAll = () => Promise.all([...running].map((child) => child.end('SIGKILL')));
