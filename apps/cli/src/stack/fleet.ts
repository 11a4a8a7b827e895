import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

export const serviceNames = [
  'model-server',
  'gateway',
  'signal-detector',
  'analyzer',
  'data-generator',
  'trainer-dispatcher',
  'evaluator',
  'rollout-controller',
  'console',
] as const;
export type ServiceName = (typeof serviceNames)[number];

export interface FleetOptions {
  readonly root: string;
  readonly dataDir: string;
  readonly kafkaBrokers: readonly string[];
  readonly databaseUrl: string;
  /** Variables for one service, or for all. */
  readonly env?: Readonly<Partial<Record<ServiceName | 'all', Readonly<Record<string, string>>>>>;
  readonly onExit: (service: ServiceName, code: number | null) => void;
  /** Called when there are processes, before they are ready: whatever happens then, they can be found again. */
  readonly onSpawned?: (fleet: Fleet) => Promise<void>;
}

interface Running {
  readonly service: ServiceName;
  readonly process: ChildProcess;
}

/** Small heaps: nine services, a broker and a database share one machine. */
const HEAP_MB: Partial<Record<ServiceName, number>> = { 'model-server': 512, analyzer: 384 };
const DEFAULT_HEAP_MB = 160;
const STOP_WITHIN_MS = 12_000;
const READY_WITHIN_MS = 120_000;

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no free port'))));
    });
  });

/** All services as processes of their own, which meet only at topics. */
export class Fleet {
  private readonly running: Running[] = [];
  private stopping = false;

  private constructor(
    private readonly options: FleetOptions,
    readonly ports: Readonly<Record<ServiceName, number>>,
  ) {}

  static async start(options: FleetOptions): Promise<Fleet> {
    const ports = Object.fromEntries(await Promise.all(serviceNames.map(async (name) => [name, await freePort()] as const))) as Record<ServiceName, number>;
    const fleet = new Fleet(options, ports);
    mkdirSync(join(options.dataDir, 'logs'), { recursive: true });
    for (const service of serviceNames) fleet.spawn(service);
    try {
      await options.onSpawned?.(fleet);
      await Promise.all(serviceNames.map((service) => fleet.untilReady(service)));
    } catch (error) {
      await fleet.stop();
      throw error;
    }
    return fleet;
  }

  url(service: ServiceName): string {
    return `http://127.0.0.1:${this.ports[service]}`;
  }

  get pids(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.running.map(({ service, process }) => [service, process.pid ?? 0]));
  }

  logOf(service: ServiceName): string {
    return join(this.options.dataDir, 'logs', `${service}.log`);
  }

  /** Asks every service to finish its work, and waits until none is left. */
  async stop(): Promise<void> {
    this.stopping = true;
    const ended = this.running.map(({ process }) => new Promise<void>((resolve) => (process.exitCode !== null || process.signalCode !== null ? resolve() : process.once('exit', () => resolve()))));
    for (const { process } of this.running) process.kill('SIGTERM');
    const hurry = setTimeout(() => this.running.forEach(({ process }) => process.kill('SIGKILL')), STOP_WITHIN_MS);
    await Promise.all(ended);
    clearTimeout(hurry);
  }

  private spawn(service: ServiceName): void {
    const { root, kafkaBrokers, databaseUrl, env = {}, onExit } = this.options;
    const heap = HEAP_MB[service] ?? DEFAULT_HEAP_MB;
    const child = spawn(process.execPath, [`--max-old-space-size=${heap}`, '--max-semi-space-size=8', '--enable-source-maps', join(root, 'apps', service, 'dist', 'main.js')], {
      cwd: root,
      // A terminal's Ctrl-C goes to the whole group: the services must hear of it from us, in order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        KAFKA_BROKERS: kafkaBrokers.join(','),
        DATABASE_URL: databaseUrl,
        HTTP_HOST: '127.0.0.1',
        HTTP_PORT: String(this.ports[service]),
        PROVIDERS: JSON.stringify({ embedded: { baseUrl: `${this.url('model-server')}/v1` } }),
        ...env.all,
        ...env[service],
      },
    });
    const log = createWriteStream(this.logOf(service), { flags: 'a' });
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    child.once('exit', (code) => {
      if (!this.stopping) onExit(service, code);
    });
    this.running.push({ service, process: child });
  }

  private async untilReady(service: ServiceName): Promise<void> {
    const until = Date.now() + READY_WITHIN_MS;
    while (Date.now() < until) {
      const child = this.running.find((running) => running.service === service)?.process;
      if (!child || child.exitCode !== null) throw new Error(`${service} ended while starting; see ${this.logOf(service)}`);
      const ready = await fetch(`${this.url(service)}/health/ready`, { signal: AbortSignal.timeout(2_000) }).then((response) => response.ok, () => false);
      if (ready) return;
      await wait(150);
    }
    throw new Error(`${service} was not ready within ${READY_WITHIN_MS / 1_000} s; see ${this.logOf(service)}`);
  }
}
