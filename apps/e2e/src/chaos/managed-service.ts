import { appendFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { startTestProcess } from '@ratchet/testing';
import type { TestProcess } from '@ratchet/testing';

export interface ManagedServiceOptions {
  /** As in `apps/`. */
  readonly service: string;
  /** Tells two processes of one service apart. */
  readonly instance: string;
  readonly script: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
}

const RESTART_AFTER_MS = 300;
const READY_WITHIN_MS = 300_000;

/** One process of a service, started again whenever it ends, as a supervisor would. */
export class ManagedService {
  kills = 0;
  /** Times that it ended although nobody asked it to: with a broker or a database away while it starts, it should. */
  ends = 0;
  private process: TestProcess | undefined;
  private isAlive = false;
  private stopping = false;

  constructor(readonly options: ManagedServiceOptions) {}

  get name(): string {
    return this.options.instance;
  }

  get url(): string {
    return `http://127.0.0.1:${this.options.port}`;
  }

  start(): void {
    const { script, env, port, logFile } = this.options;
    this.stopping = false;
    const started = startTestProcess({ script, env: { ...env, HTTP_HOST: '127.0.0.1', HTTP_PORT: String(port) } });
    this.process = started;
    this.isAlive = true;
    void started.ended().then(async (code) => {
      this.isAlive = false;
      appendFileSync(logFile, `${started.output()}\n--- ended: ${code ?? 'killed'}\n`);
      if (this.stopping || this.process !== started) return;
      if (code !== null) this.ends += 1;
      await wait(RESTART_AFTER_MS);
      if (!this.stopping) this.start();
    });
  }

  async untilReady(): Promise<void> {
    for (const until = Date.now() + READY_WITHIN_MS; !(await this.isReady()); ) {
      if (Date.now() > until) throw new Error(`${this.name} was not ready within ${READY_WITHIN_MS} ms; its log is ${this.options.logFile}; it said last:\n${this.process?.output().slice(-2_000)}`);
      await wait(100);
    }
  }

  async isReady(): Promise<boolean> {
    return fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2_000) }).then((response) => response.ok, () => false);
  }

  /** SIGKILL; it is started again by itself. Nothing happens where it has just ended. */
  kill(): void {
    if (!this.isAlive) return;
    this.kills += 1;
    this.process?.signal('SIGKILL');
  }

  /** The process keeps all that it holds, and does nothing. */
  suspend(): void {
    this.process?.signal('SIGSTOP');
  }

  resume(): void {
    this.process?.signal('SIGCONT');
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.resume();
    const hurry = setTimeout(() => this.process?.signal('SIGKILL'), 15_000);
    await this.process?.end('SIGTERM');
    clearTimeout(hurry);
  }
}

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no free port'))));
    });
  });
