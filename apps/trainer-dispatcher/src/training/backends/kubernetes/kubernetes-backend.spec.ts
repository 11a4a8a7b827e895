// Against a small API server on a real port, by the client that also speaks to real clusters.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '@ratchet/testing';
import { handleOf, orderOf } from '../../spec-support/orders.js';
import { trainersSchema } from '../../trainers-config.js';
import type { KubernetesTrainerConfig } from '../../trainers-config.js';
import { jobNameOf } from './job-template.js';
import { openKube } from './kube-client.js';
import { KubernetesBackend } from './kubernetes-backend.js';
import { TestApiServer } from './spec-support/api-server.js';

const templateFile = fileURLToPath(new URL('../../../../../../docs/examples/trainers/kubernetes-job.yaml', import.meta.url));
const cycleId = '01980000-0000-7000-8000-000000000001';
const jobName = `ratchet-training-${cycleId}`;
let server: TestApiServer;
let folder: string;
let kubeconfig: string;

beforeEach(async () => {
  server = new TestApiServer();
  const url = await server.start();
  folder = mkdtempSync(join(tmpdir(), 'kube-'));
  kubeconfig = join(folder, 'config');
  writeFileSync(kubeconfig, JSON.stringify({ clusters: [{ name: 'test', cluster: { server: url, 'insecure-skip-tls-verify': true } }], users: [{ name: 'me', user: { token: 't' } }], contexts: [{ name: 'test', context: { cluster: 'test', user: 'me' } }], 'current-context': 'test' }));
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const open = async (change: Partial<KubernetesTrainerConfig> = {}): Promise<KubernetesBackend> => {
  const config = trainersSchema.parse({ gpu: { backend: 'kubernetes', namespace: 'training', templateFile, dataUrl: 'http://dispatcher:8080/', kubeconfig, container: 'trainer', ...change } })['gpu'] as KubernetesTrainerConfig;
  return new KubernetesBackend(await openKube(config), config);
};
const started = async (change: Partial<KubernetesTrainerConfig> = {}) => {
  const backend = await open(change);
  const run = orderOf(cycleId);
  await backend.start(run.order);
  return { backend, run, look: () => backend.look(handleOf(run)) };
};
const creations = (): number => server.requests.filter((asked) => asked.startsWith('POST')).length;

describe('a training Job', () => {
  it('is the template with what the run needs, its deadline and its GPUs', async () => {
    const { run } = await started({ gpus: 2, backoffLimit: 3 });
    const job = server.jobs.get(jobName);
    const { token } = run.memory();
    expect(job).toMatchObject({
      metadata: { name: jobName, namespace: 'training', labels: { 'ratchet.dev/run': jobName }, annotations: { 'ratchet.dev/cycle-id': cycleId } },
      spec: { backoffLimit: 3, ttlSecondsAfterFinished: 86_400, template: { metadata: { labels: { 'ratchet.dev/run': jobName } }, spec: { restartPolicy: 'Never' } } },
    });
    expect(job?.spec?.activeDeadlineSeconds).toBeGreaterThan(50);
    expect(job?.spec?.activeDeadlineSeconds).toBeLessThanOrEqual(60);
    expect(job?.spec?.template.spec?.initContainers?.[0]?.args).toContain(`http://dispatcher:8080/training-data/${cycleId}/${token}/examples.jsonl`);
    expect(job?.spec?.template.spec?.containers[0]?.resources?.limits).toEqual({ memory: '1Gi', 'nvidia.com/gpu': '2' });
  });

  it('gives its result by the termination message, and costs its hours', async () => {
    const { look, run, backend } = await started({ usdPerHour: 3 });
    expect(await look()).toEqual({ status: 'running' });
    server.pod(jobName, { name: 'p1', terminated: { exitCode: 0, message: '{"model":"tuned@1","metrics":{"loss":0.1}}' }, log: 'epoch 1\n' });
    server.end(jobName, { type: 'Complete' }, { seconds: 7_200 });
    expect(await look()).toEqual({ status: 'succeeded', model: 'tuned@1', metrics: { loss: 0.1 }, costUsd: 6 });
    expect(await backend.logs(handleOf(run))).toContain('epoch 1');
  });

  it('gives it by the last line of JSON in the log, where there is no message', async () => {
    const { look } = await started();
    server.pod(jobName, { name: 'p1', terminated: { exitCode: 0 }, log: 'epoch 1\n{"model":"old"}\n{"model":"tuned","costUsd":1}\nbye\n' });
    server.end(jobName, { type: 'Complete' });
    expect(await look()).toEqual({ status: 'succeeded', model: 'tuned', metrics: {}, costUsd: 1 });
  });

  it.each([
    ['no result', { type: 'Complete' }, { exitCode: 0 }, { code: 'failed', dataAtFault: false, reason: expect.stringContaining('without a result') }],
    ['a bad result', { type: 'Complete' }, { exitCode: 0, message: '{"metrics":{}}' }, { code: 'failed', dataAtFault: false, reason: expect.stringContaining('model') }],
    ['an exit code', { type: 'Failed', reason: 'BackoffLimitExceeded' }, { exitCode: 1 }, { code: 'failed', dataAtFault: true, reason: 'the Job failed (BackoffLimitExceeded): the program ended with exit code 1' }],
    ['too little memory', { type: 'Failed', reason: 'BackoffLimitExceeded' }, { exitCode: 137, reason: 'OOMKilled' }, { code: 'failed', dataAtFault: false, reason: expect.stringContaining('out of memory') }],
    ['its deadline', { type: 'Failed', reason: 'DeadlineExceeded' }, { exitCode: 143 }, { code: 'timed_out', dataAtFault: false }],
  ])('that ends with %s has failed, and it is said how', async (_how, condition, terminated, failure) => {
    const { look } = await started();
    server.pod(jobName, { name: 'p1', phase: condition.type === 'Failed' ? 'Failed' : 'Succeeded', terminated });
    server.end(jobName, condition);
    expect(await look()).toMatchObject({ status: 'failed', ...failure });
  });

  it('whose init container failed says so, and its examples are not to blame', async () => {
    const { look } = await started();
    server.pod(jobName, { name: 'p1', phase: 'Failed', terminated: { exitCode: 1 } });
    Object.assign(server.pods[0]?.status ?? {}, { initContainerStatuses: [{ name: 'data', state: { terminated: { exitCode: 22 } } }] });
    server.end(jobName, { type: 'Failed', reason: 'BackoffLimitExceeded' });
    expect(await look()).toEqual({ status: 'failed', code: 'failed', dataAtFault: false, reason: 'the Job failed (BackoffLimitExceeded): its init container data did, before the training' });
  });

  it('that somebody deleted has failed, and is not created again', async () => {
    const { backend, run, look } = await started();
    server.jobs.delete(jobName);
    expect(await look()).toMatchObject({ status: 'failed', dataAtFault: false });
    await backend.start(run.again());
    expect(creations()).toBe(1);
  });

  it('is deleted by a cancellation; nothing of it runs once it is gone', async () => {
    const { backend, run } = await started();
    expect(await backend.cancel(handleOf(run))).toBe(false);
    expect(await backend.cancel(handleOf(run))).toBe(true);
    expect(server.jobs.size).toBe(0);
  });
});

describe('one Job a cycle', () => {
  it('is adopted where it was created and the answer was lost', async () => {
    const backend = await open();
    const run = orderOf(cycleId);
    server.faults.push({ matches: /^POST/u, status: 500, after: true });
    await expect(backend.start(run.order)).rejects.toMatchObject({ code: 'trainer_unavailable', retryable: true });
    await backend.start(run.again());
    expect(server.jobs.size).toBe(1);
    expect(await backend.look(handleOf(run))).toEqual({ status: 'running' });
    // The address that its pods have is the one that is remembered.
    expect(JSON.stringify(server.jobs.get(jobName))).toContain(`/${run.memory()['token']}/`);
  });

  it('is not begun where another cycle has the name, or Kubernetes refuses it', async () => {
    const backend = await open();
    server.jobs.set(jobName, { metadata: { name: jobName } });
    await expect(backend.start(orderOf(cycleId).order)).rejects.toMatchObject({ code: 'trainer_refused', retryable: false });
    server.jobs.clear();
    server.faults.push({ matches: /^POST/u, status: 403 });
    await expect(backend.start(orderOf(cycleId).order)).rejects.toMatchObject({ code: 'trainer_refused', message: expect.stringContaining('403') });
  });

  it('has a name that Kubernetes takes, whatever the id of the cycle', () => {
    expect(jobNameOf(cycleId)).toBe(jobName);
    expect(jobNameOf('Some Cycle/1')).toMatch(/^ratchet-training-[0-9a-f]{32}$/u);
  });
});

describe('watching', () => {
  const wait = (backend: KubernetesBackend, run: ReturnType<typeof orderOf>, atMostMs = 20_000): Promise<'ended'> => backend.untilChanged(handleOf(run), { pollMs: 1, atMostMs, signal: new AbortController().signal }).then(() => 'ended' as const);
  const lists = (): number => server.requests.filter((asked) => asked === 'GET /apis/batch/v1/namespaces/training/jobs').length;

  it('ends when the Job does', async () => {
    const { backend, run } = await started();
    const waiting = wait(backend, run);
    await eventually(() => expect(server.open).toBe(1));
    server.change(jobName, { active: 1 });
    server.end(jobName, { type: 'Complete' });
    expect(await waiting).toBe('ended');
    await eventually(() => expect(server.open).toBe(0));
  });

  it('goes on where it was when the connection is cut, and misses nothing', async () => {
    const { backend, run } = await started();
    const waiting = wait(backend, run);
    await eventually(() => expect(server.open).toBe(1));
    server.hangUp();
    server.end(jobName, { type: 'Complete' });
    expect(await waiting).toBe('ended');
    expect(lists()).toBe(1);
  });

  it('lists again when it comes back too late', async () => {
    const { backend, run } = await started();
    const waiting = wait(backend, run);
    await eventually(() => expect(server.open).toBe(1));
    server.oldestVersion = 1_000_000;
    server.hangUp();
    await eventually(() => expect(lists()).toBeGreaterThan(1));
    server.end(jobName, { type: 'Failed' });
    expect(await waiting).toBe('ended');
  });

  it('ends with its time, and with the service', async () => {
    const { backend, run } = await started();
    await wait(backend, run, 50);
    const stopping = new AbortController();
    const waiting = backend.untilChanged(handleOf(run), { pollMs: 1, atMostMs: 20_000, signal: stopping.signal });
    await eventually(() => expect(server.open).toBe(1));
    stopping.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('the template', () => {
  it('that is none, or names what there is not, is found out before a cycle', async () => {
    const template = { apiVersion: 'batch/v1', kind: 'Job', spec: { template: { spec: { containers: [{ name: 'trainer', args: ['{{exampleUrl}}'] }] } } } };
    const backend = await open({ templateFile: undefined, template });
    await expect(backend.start(orderOf(cycleId).order)).rejects.toMatchObject({ code: 'trainer_refused', message: expect.stringContaining('{{exampleUrl}}') });
    writeFileSync(join(folder, 'bad.yaml'), 'a: [');
    await expect(open({ templateFile: join(folder, 'bad.yaml') })).rejects.toMatchObject({ code: 'bad_configuration' });
    expect(readFileSync(templateFile, 'utf8')).toContain('{{examplesUrl}}');
  });
});
