import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startTestProcess } from '@ratchet/testing';
import { freePort, ManagedService } from '../chaos/managed-service.js';
import type { RenderedChart, RenderedContainer, RenderedDeployment } from './rendered-chart.js';

export interface ClusterOptions {
  readonly root: string;
  readonly dataDir: string;
  readonly chart: RenderedChart;
  /** What stands for an address of the values here, by that address. */
  readonly outside: Readonly<Record<string, string>>;
  readonly say: (text: string) => void;
}

const DATA_FOLDER = '/var/lib/ratchet';
const HOOK_WITHIN_MS = 180_000;

/** Runs what the chart renders as processes of this machine: the same programs with the same variables, but for addresses and folders. One pod of each Deployment. */
export class OneMachineCluster {
  private readonly pods = new Map<string, ManagedService>();
  private addresses: Readonly<Record<string, string>> = {};

  constructor(private readonly options: ClusterOptions) {}

  async start(): Promise<void> {
    const { root, dataDir, chart, outside, say } = this.options;
    mkdirSync(join(dataDir, 'logs'), { recursive: true });
    const ports = new Map<string, number>();
    for (const { name } of chart.deployments) ports.set(name, await freePort());
    const inside = chart.deployments.flatMap(({ name, addresses }) => addresses.map((address) => [address, `http://127.0.0.1:${ports.get(name)}`]));
    this.addresses = { ...outside, ...Object.fromEntries(inside) };
    for (const hook of chart.hooks) {
      say(`before the services: ${hook.name}`);
      await this.runHook(hook);
    }
    for (const deployment of chart.deployments) {
      const { app: service } = deployment;
      const pod = new ManagedService({ service, instance: service, script: this.scriptOf(deployment), port: ports.get(deployment.name) ?? 0, env: this.environmentOf(deployment), logFile: join(dataDir, 'logs', `${service}.log`) });
      this.pods.set(service, pod);
      pod.start();
    }
    say(`${this.pods.size} services are starting from ${root}`);
    for (const deployment of chart.deployments) await this.untilReady(deployment);
  }

  urlOf(app: string): string {
    const pod = this.pods.get(app);
    if (!pod) throw new Error(`the chart has no Deployment of ${app}`);
    return pod.url;
  }

  /** Times that a service ended although nobody asked it to. */
  get ends(): number {
    return [...this.pods.values()].reduce((sum, { ends }) => sum + ends, 0);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.pods.values()].map((pod) => pod.stop()));
  }

  private async untilReady({ app, readinessPath }: RenderedDeployment): Promise<void> {
    if (readinessPath !== '/health/ready') throw new Error(`${app} is not asked whether it is ready: ${String(readinessPath)}`);
    await this.pods.get(app)?.untilReady();
  }

  private async runHook(hook: RenderedContainer & { readonly name: string }): Promise<void> {
    const started = startTestProcess({ script: this.scriptOf(hook), args: hook.args, env: this.environmentOf(hook) });
    const late = setTimeout(() => started.signal('SIGKILL'), HOOK_WITHIN_MS);
    const code = await started.ended();
    clearTimeout(late);
    if (code !== 0) throw new Error(`${hook.name} ended with ${code ?? 'a signal'}:\n${started.output().slice(-2_000)}`);
  }

  private scriptOf({ app }: RenderedContainer): string {
    return join(this.options.root, 'apps', app, 'dist', 'main.js');
  }

  /** Port and host are set by whoever starts the pod. */
  private environmentOf({ app, env }: RenderedContainer): Record<string, string> {
    const folder = join(this.options.dataDir, 'volumes', app);
    mkdirSync(folder, { recursive: true });
    const known = Object.entries({ ...this.addresses, [DATA_FOLDER]: folder });
    const here = (value: string): string => known.reduce((text, [there, address]) => text.replaceAll(there, address), value);
    return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, here(value)]));
  }
}
