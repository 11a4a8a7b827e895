import { mkdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { startStack, stopStack } from '@ratchet/local-stack';
import type { ServiceName, Stack } from '@ratchet/local-stack';

const GONE_WITHIN_MS = 40_000;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** A broker and a database of this run alone, whatever the environment names, so that either can be taken away. */
export class ChaosStack {
  private stack: Stack | undefined;

  constructor(
    private readonly dataDir: string,
    private readonly say: (text: string) => void,
  ) {}

  get brokers(): string[] {
    return this.running.kafkaBrokers;
  }

  get databaseUrl(): string {
    return this.running.databaseUrl;
  }

  async start(): Promise<void> {
    mkdirSync(this.dataDir, { recursive: true });
    // What still runs for the folder is found and used; what has ended comes back on its port, with its data.
    this.stack = await startStack({ dataDir: this.dataDir, onProgress: this.say, env: { ...process.env, KAFKA_BROKERS: '', DATABASE_URL: '', RATCHET_STACK: 'embedded' } });
  }

  /** Ends one of the two with the signal, and starts it again after a while. */
  async interrupt(service: ServiceName, { signal, awayMs }: { signal: NodeJS.Signals; awayMs: number }): Promise<void> {
    await this.end(service, signal);
    await wait(awayMs);
    await this.start();
  }

  /** Ends one of the two with the signal, and leaves it so. */
  async end(service: ServiceName, signal: NodeJS.Signals): Promise<void> {
    const pid = this.pidOf(service);
    process.kill(pid, signal);
    for (const until = Date.now() + GONE_WITHIN_MS; isAlive(pid); ) {
      if (Date.now() > until) throw new Error(`${service} is still there ${GONE_WITHIN_MS} ms after ${signal}`);
      await wait(50);
    }
  }

  /** It keeps all that it holds, and does nothing until it is resumed. */
  suspend(service: ServiceName): void {
    process.kill(this.pidOf(service), 'SIGSTOP');
  }

  resume(service: ServiceName): void {
    process.kill(this.pidOf(service), 'SIGCONT');
  }

  async stop(): Promise<void> {
    if (this.stack) await stopStack(this.dataDir);
    this.stack = undefined;
  }

  private pidOf(service: ServiceName): number {
    const pid = this.running.pids[service];
    if (pid === undefined) throw new Error(`${service} is not a process of this run`);
    return pid;
  }

  private get running(): Stack {
    if (!this.stack) throw new Error('the stack has not been started');
    return this.stack;
  }
}
