import { randomBytes } from 'node:crypto';
import type { V1Job, V1Pod } from '@kubernetes/client-node';
import { hashOfFiles, programFiles } from '../../training-data.js';
import type { TrainingData } from '../../training-data.js';
import type { KubernetesTrainerConfig } from '../../trainers-config.js';
import { failureOfExit } from '../exit-codes.js';
import { readResult } from '../program-result.js';
import { TrainerError } from '../trainer-backend.js';
import type { RunFailure, RunHandle, TrainerBackend, TrainingOrder, TrainingRun, WaitOptions } from '../trainer-backend.js';
import { CYCLE_ANNOTATION, jobNameOf, jobOf, RUN_LABEL } from './job-template.js';
import { kubeError, statusOf } from './kube-client.js';
import type { KubeClient } from './kube-client.js';
import { conditionOf, isOver, untilJobIsOver } from './watch-job.js';

const LOG_LINES = 400;
const LOG_BYTES = 262_144;
const LOG_TAIL = 32_768;
const LOGGED_PODS = 3;
const HOUR_MS = 3_600_000;

/** What is remembered: the token of the data's address, and that the Job was created. */
interface Memory {
  readonly token?: string;
  readonly created?: string;
}

/** Where a run's pods fetch its files. */
export const dataPathOf = ({ cycleId, token }: { cycleId: string; token: string }): string => `/training-data/${encodeURIComponent(cycleId)}/${token}`;

const nullIf404 = (error: unknown): undefined => {
  if (statusOf(error) === 404) return undefined;
  throw error;
};

/** The init container that a pod ended by: no training began. */
const failedBefore = ({ status }: V1Pod): string | undefined => status?.initContainerStatuses?.find(({ state }) => (state?.terminated?.exitCode ?? 0) !== 0)?.name;

/** A Job of the cluster. Its name follows from the cycle, so that the cluster itself refuses a second one. */
export class KubernetesBackend implements TrainerBackend {
  readonly backend = 'kubernetes';

  constructor(
    private readonly kube: KubeClient,
    private readonly config: KubernetesTrainerConfig,
  ) {}

  hashOf(data: TrainingData): string {
    return hashOfFiles(programFiles(data));
  }

  async start(order: TrainingOrder): Promise<void> {
    const { token: known, created } = order.memory as Memory;
    if (created) return;
    const token = known || randomBytes(24).toString('base64url');
    if (token !== known) await order.remember({ token });
    const body = this.jobOf(order, token);
    try {
      await this.kube.batch.createNamespacedJob({ namespace: this.config.namespace, body });
    } catch (error) {
      if (statusOf(error) !== 409) throw kubeError(error, { creating: true });
      await this.adopt(order);
    }
    await order.remember({ created: 'yes' });
  }

  async look(run: RunHandle): Promise<TrainingRun> {
    const job = await this.read(run);
    if (!job) return (run.memory as Memory).created ? { status: 'failed', code: 'failed', reason: 'the Job is gone: it was deleted, or its time to live ended before it was seen', dataAtFault: false } : { status: 'absent' };
    if (!isOver(job)) return { status: 'running' };
    const pods = await this.pods(run);
    const result = conditionOf(job, 'Complete') ? await this.resultOf(pods) : this.failureOf(job, pods);
    return { ...this.costOf(job), ...result };
  }

  async untilChanged(run: RunHandle, { atMostMs, signal }: WaitOptions): Promise<void> {
    try {
      await untilJobIsOver({ kube: this.kube, namespace: this.config.namespace, name: jobNameOf(run.cycleId), atMostMs, signal });
    } catch (error) {
      signal.throwIfAborted();
      throw kubeError(error, { creating: false });
    }
  }

  /** The Job goes after its pods: once it is gone, nothing runs. */
  async cancel({ cycleId }: RunHandle): Promise<boolean> {
    try {
      await this.kube.batch.deleteNamespacedJob({ namespace: this.config.namespace, name: jobNameOf(cycleId), propagationPolicy: 'Foreground' });
      return false;
    } catch (error) {
      if (statusOf(error) === 404) return true;
      throw kubeError(error, { creating: false });
    }
  }

  async logs(run: RunHandle): Promise<string> {
    const pods = await this.pods(run);
    const texts = await Promise.all(pods.slice(0, LOGGED_PODS).map(async (pod) => `--- ${pod.metadata?.name ?? ''}\n${(await this.logOf(pod)).slice(-LOG_TAIL)}\n`));
    return texts.join('').slice(-LOG_TAIL);
  }

  /** Job and pods stay to be looked at, until their time to live ends. */
  async tidy(): Promise<void> {}

  private jobOf({ cycleId, target, baseVersion, baseModel, provider, seed, settings, data, deadline }: TrainingOrder, token: string): V1Job {
    const dataUrl = `${this.config.dataUrl.replace(/\/+$/u, '')}${dataPathOf({ cycleId, token })}`;
    const values = {
      cycleId, jobName: jobNameOf(cycleId), ...target, baseVersion, baseModel, provider, seed: String(seed), recipe: settings.recipe,
      dataUrl, jobUrl: `${dataUrl}/job.json`, examplesUrl: `${dataUrl}/examples.jsonl`, retentionUrl: `${dataUrl}/retention.jsonl`,
      preferencesUrl: programFiles(data)['preferences.jsonl'] === undefined ? '' : `${dataUrl}/preferences.jsonl`,
    };
    return jobOf(this.kube.template, { settings: this.config, values, deadline, nowMs: Date.now() });
  }

  private async read({ cycleId }: RunHandle): Promise<V1Job | undefined> {
    try {
      return await this.kube.batch.readNamespacedJob({ namespace: this.config.namespace, name: jobNameOf(cycleId) }).catch(nullIf404);
    } catch (error) {
      throw kubeError(error, { creating: false });
    }
  }

  /** Created before a crash, or by one that was thought dead. */
  private async adopt(order: TrainingOrder): Promise<void> {
    const job = await this.read(order);
    if (job && job.metadata?.annotations?.[CYCLE_ANNOTATION] !== order.cycleId) throw new TrainerError({ code: 'trainer_refused', message: `the Job ${jobNameOf(order.cycleId)} exists and is not of this cycle` });
  }

  /** The newest first. */
  private async pods({ cycleId }: RunHandle): Promise<V1Pod[]> {
    try {
      const { items } = await this.kube.core.listNamespacedPod({ namespace: this.config.namespace, labelSelector: `${RUN_LABEL}=${jobNameOf(cycleId)}` });
      return items.toSorted((a, b) => (b.metadata?.creationTimestamp?.getTime() ?? 0) - (a.metadata?.creationTimestamp?.getTime() ?? 0));
    } catch (error) {
      throw kubeError(error, { creating: false });
    }
  }

  private containerOf(pod: V1Pod): string | undefined {
    return this.config.container ?? pod.spec?.containers[0]?.name;
  }

  private endOf(pod: V1Pod | undefined) {
    const name = pod && this.containerOf(pod);
    return pod?.status?.containerStatuses?.find((status) => status.name === name)?.state?.terminated;
  }

  /** What cannot be had any more is empty. */
  private async logOf(pod: V1Pod): Promise<string> {
    const container = this.containerOf(pod);
    const name = pod.metadata?.name ?? '';
    const text = await this.kube.core
      .readNamespacedPodLog({ name, namespace: this.config.namespace, tailLines: LOG_LINES, limitBytes: LOG_BYTES, ...(container !== undefined && { container }) })
      .catch(() => '');
    return typeof text === 'string' ? text : JSON.stringify(text ?? '');
  }

  /** The termination message, or else the last line of the log that is a JSON object. */
  private async resultOf(pods: readonly V1Pod[]): Promise<TrainingRun> {
    const pod = pods.find(({ status }) => status?.phase === 'Succeeded') ?? pods[0];
    const message = this.endOf(pod)?.message?.trim();
    const text = message || (pod && (await this.logOf(pod)).split('\n').findLast((line) => line.trim().startsWith('{')));
    if (!text) return { status: 'failed', code: 'failed', reason: 'the Job ended without a result: neither a termination message nor a last line of JSON', dataAtFault: false };
    const read = readResult(text);
    if ('problem' in read) return { status: 'failed', code: 'failed', reason: `the Job's result ${read.problem}`, dataAtFault: false };
    const { model, metrics, costUsd, lossCurve = [] } = read.result;
    return { status: 'succeeded', model, metrics, ...(lossCurve.length > 0 && { lossCurve }), ...(costUsd !== undefined && { costUsd }) };
  }

  private failureOf(job: V1Job, pods: readonly V1Pod[]): TrainingRun {
    const reason = conditionOf(job, 'Failed')?.reason ?? 'unknown';
    if (reason === 'DeadlineExceeded') return { status: 'failed', code: 'timed_out', reason: 'the Job did not end in time', dataAtFault: false };
    const before = pods.map(failedBefore).find((name) => name !== undefined);
    if (before !== undefined) return { status: 'failed', code: 'failed', reason: `the Job failed (${reason}): its init container ${before} did, before the training`, dataAtFault: false };
    const end = pods.map((pod) => this.endOf(pod)).find((terminated) => terminated !== undefined);
    const failure: RunFailure | undefined = end?.reason === 'OOMKilled' ? { code: 'failed', reason: 'out of memory', dataAtFault: false } : failureOfExit({ code: end?.exitCode ?? null });
    return { status: 'failed', ...(failure ?? { code: 'failed', dataAtFault: false }), reason: `the Job failed (${reason}): ${failure?.reason ?? 'its last container ended well'}` };
  }

  private costOf({ status }: V1Job): { costUsd?: number } {
    const { usdPerHour } = this.config;
    if (usdPerHour === undefined || !status?.startTime) return {};
    const endMs = (status.completionTime ?? conditionOf({ status }, 'Failed')?.lastTransitionTime ?? new Date()).getTime();
    return { costUsd: (usdPerHour * Math.max(0, endMs - status.startTime.getTime())) / HOUR_MS };
  }
}
