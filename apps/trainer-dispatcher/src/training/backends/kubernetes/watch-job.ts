import { setTimeout as delay } from 'node:timers/promises';
import type { V1Job } from '@kubernetes/client-node';
import type { KubeClient } from './kube-client.js';
import { statusOf } from './kube-client.js';

const AGAIN_AFTER_MS = 250;
const GONE = 410;

export const conditionOf = (job: V1Job, type: 'Complete' | 'Failed') => job.status?.conditions?.find((condition) => condition.type === type && condition.status === 'True');
export const isOver = (job: V1Job): boolean => conditionOf(job, 'Complete') !== undefined || conditionOf(job, 'Failed') !== undefined;

export interface WatchedJob {
  readonly kube: KubeClient;
  readonly namespace: string;
  readonly name: string;
  readonly atMostMs: number;
  readonly signal: AbortSignal;
}

/** What one watch has come to: the Job ended or went, or where to go on from; nowhere, where that version is no longer known. */
type Seen = { readonly changed: true } | { readonly changed: false; readonly version: string | undefined };

/** Waits until the Job has ended or is gone, or the time is over. A watch that breaks goes on where it was; one that is too late (410) begins with a new list. */
export const untilJobIsOver = async ({ kube, namespace, name, atMostMs, signal }: WatchedJob): Promise<void> => {
  const untilMs = Date.now() + atMostMs;
  let version: string | undefined;
  while (Date.now() < untilMs) {
    signal.throwIfAborted();
    if (version === undefined) {
      const list = await kube.batch.listNamespacedJob({ namespace, fieldSelector: `metadata.name=${name}` });
      const job = list.items[0];
      if (!job || isOver(job)) return;
      version = list.metadata?.resourceVersion;
    }
    const seen: Seen = await watchOnce({ kube, namespace, name, signal, atMostMs: untilMs - Date.now() }, version);
    if (seen.changed) return;
    version = seen.version;
    await delay(Math.min(AGAIN_AFTER_MS, Math.max(1, untilMs - Date.now())), undefined, { signal });
  }
};

const watchOnce = async ({ kube, namespace, name, atMostMs, signal }: WatchedJob, from: string | undefined): Promise<Seen> => {
  let version = from;
  let stop = (): void => undefined;
  const timer = AbortSignal.any([signal, AbortSignal.timeout(Math.max(1, atMostMs))]);
  const seen = await new Promise<Seen>((resolve) => {
    const finish = (result: Seen): void => resolve(result);
    const onEvent = (type: string, object: V1Job & { code?: number }): void => {
      if (type === 'ERROR') {
        if (object.code === GONE) version = undefined;
        return finish({ changed: false, version });
      }
      version = object.metadata?.resourceVersion ?? version;
      if (type === 'DELETED' || (type !== 'BOOKMARK' && isOver(object))) finish({ changed: true });
    };
    const onEnd = (error: unknown): void => finish({ changed: false, version: statusOf(error) === GONE ? undefined : version });
    timer.addEventListener('abort', () => finish({ changed: false, version }), { once: true });
    if (timer.aborted) return finish({ changed: false, version });
    const query = { fieldSelector: `metadata.name=${name}`, allowWatchBookmarks: true, ...(from !== undefined && { resourceVersion: from }) };
    kube.watch.watch(`/apis/batch/v1/namespaces/${namespace}/jobs`, query, onEvent, onEnd).then((controller) => {
      stop = () => controller.abort();
      if (timer.aborted) stop();
    }, onEnd);
  });
  stop();
  return seen;
};
