import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { V1Job, V1JobCondition, V1Pod } from '@kubernetes/client-node';

const JOBS = /^\/apis\/batch\/v1\/namespaces\/training\/jobs(?:\/([^/?]+))?$/u;
const PODS = /^\/api\/v1\/namespaces\/training\/pods(?:\/([^/?]+)\/log)?$/u;

type StoredJob = Omit<V1Job, 'status'> & { status?: unknown };

/** As much of an API server as a Job needs, on a real port: objects with versions, conflicts, watches, logs. */
export class TestApiServer {
  readonly jobs = new Map<string, StoredJob>();
  readonly pods: (V1Pod & { log?: string })[] = [];
  readonly requests: string[] = [];
  /** What the next requests of a method and path are answered with, in place of the truth. */
  readonly faults: { readonly matches: RegExp; readonly status: number; readonly after?: boolean }[] = [];
  /** Versions before it are no longer known to watches. */
  oldestVersion = 0;
  private version = 100;
  private readonly watchers = new Set<ServerResponse>();
  private readonly server = createServer((request, response) => void this.answer(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  get open(): number {
    return this.watchers.size;
  }

  /** The Job ends; who watches is told. */
  end(name: string, condition: Pick<V1JobCondition, 'type'> & Partial<V1JobCondition>, { seconds = 0 } = {}): void {
    const at = Date.parse('2026-01-01T00:00:00Z');
    this.change(name, { startTime: new Date(at).toISOString(), completionTime: new Date(at + seconds * 1_000).toISOString(), conditions: [{ status: 'True', lastTransitionTime: new Date(at + seconds * 1_000).toISOString(), ...condition }] });
  }

  change(name: string, status: unknown): void {
    const job = this.jobs.get(name);
    if (!job) throw new Error(`no Job ${name}`);
    job.status = status;
    this.tell('MODIFIED', job);
  }

  /** Watches are cut, as an API server does after a while. */
  hangUp(): void {
    for (const watcher of this.watchers) watcher.end();
    this.watchers.clear();
  }

  pod(jobName: string, { name, phase = 'Succeeded', terminated, log = '' }: { name: string; phase?: string; terminated: object; log?: string }): void {
    this.pods.push({
      metadata: { name, labels: { 'ratchet.dev/run': jobName }, creationTimestamp: new Date(Date.parse('2026-01-01T00:00:00Z') + this.pods.length * 1_000) },
      spec: { containers: [{ name: 'trainer' }] }, status: { phase, containerStatuses: [{ name: 'trainer', image: '', imageID: '', ready: false, restartCount: 0, state: { terminated: terminated as never } }] }, log,
    });
  }

  private tell(type: string, job: StoredJob): void {
    this.version += 1;
    job.metadata = { ...job.metadata, resourceVersion: String(this.version) };
    for (const watcher of this.watchers) watcher.write(`${JSON.stringify({ type, object: job })}\n`);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://test');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const asked = `${request.method} ${url.pathname}${url.searchParams.has('watch') ? '?watch' : ''}`;
    this.requests.push(asked);
    const fault = this.faults.findIndex(({ matches }) => matches.test(asked));
    const [failing] = fault < 0 ? [] : this.faults.splice(fault, 1);
    if (failing && !failing.after) return status(response, failing.status);
    const body = Buffer.concat(chunks).toString();
    const [, jobName] = JOBS.exec(url.pathname) ?? [];
    if (failing) {
      // Done, and the answer is lost.
      this.create(JSON.parse(body) as StoredJob);
      return status(response, failing.status);
    }
    if (JOBS.test(url.pathname)) return this.answerJobs({ method: request.method ?? '', url, jobName, body, response });
    const [whole, podName] = PODS.exec(url.pathname) ?? [];
    if (whole === undefined) return status(response, 404);
    const label = url.searchParams.get('labelSelector')?.split('=')[1];
    if (podName === undefined) return json(response, { kind: 'PodList', items: this.pods.filter(({ metadata }) => metadata?.labels?.['ratchet.dev/run'] === label) });
    response.setHeader('content-type', 'text/plain');
    response.end(this.pods.find(({ metadata }) => metadata?.name === podName)?.log ?? '');
  }

  private answerJobs({ method, url, jobName, body, response }: { method: string; url: URL; jobName: string | undefined; body: string; response: ServerResponse }): void {
    const job = jobName === undefined ? undefined : this.jobs.get(jobName);
    if (method === 'POST') return this.create(JSON.parse(body) as StoredJob) ? json(response, JSON.parse(body) as object, 201) : status(response, 409);
    if (url.searchParams.has('watch')) return this.watch(url, response);
    if (jobName === undefined) {
      const name = url.searchParams.get('fieldSelector')?.split('=')[1];
      return json(response, { kind: 'JobList', metadata: { resourceVersion: String(this.version) }, items: [...this.jobs.values()].filter(({ metadata }) => metadata?.name === name) });
    }
    if (!job) return status(response, 404);
    if (method === 'DELETE') {
      this.jobs.delete(jobName);
      this.tell('DELETED', job);
    }
    json(response, job);
  }

  private create(job: StoredJob): boolean {
    const name = job.metadata?.name ?? '';
    if (this.jobs.has(name)) return false;
    this.jobs.set(name, job);
    this.tell('ADDED', job);
    return true;
  }

  private watch(url: URL, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/json' });
    const from = Number(url.searchParams.get('resourceVersion') ?? 0);
    if (from < this.oldestVersion) {
      response.end(`${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' } })}\n`);
      return;
    }
    this.watchers.add(response);
    response.on('close', () => this.watchers.delete(response));
    for (const job of this.jobs.values()) if (Number(job.metadata?.resourceVersion ?? 0) > from) response.write(`${JSON.stringify({ type: 'MODIFIED', object: job })}\n`);
    response.flushHeaders();
  }
}

const json = (response: ServerResponse, body: object, code = 200): void => {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const status = (response: ServerResponse, code: number): void => json(response, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message: `answered ${code} on purpose` }, code);
