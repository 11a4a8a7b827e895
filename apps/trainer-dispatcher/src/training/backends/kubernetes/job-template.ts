import { createHash } from 'node:crypto';
import type { V1Container, V1Job } from '@kubernetes/client-node';
import type { KubernetesTrainerConfig } from '../../trainers-config.js';
import { TrainerError } from '../trainer-backend.js';

/** On Job and pods: the Job's name, so that pods are found by one label in every version of Kubernetes. */
export const RUN_LABEL = 'ratchet.dev/run';
/** The cycle that a Job belongs to; a cycle's id may be no label. */
export const CYCLE_ANNOTATION = 'ratchet.dev/cycle-id';

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/u;
const PREFIX = 'ratchet-training-';
const NAME_MAX = 63;

/** The same for the same cycle, so that Kubernetes itself refuses a second Job. */
export const jobNameOf = (cycleId: string): string => {
  const name = `${PREFIX}${cycleId}`;
  return name.length <= NAME_MAX && NAME.test(name) ? name : `${PREFIX}${createHash('sha256').update(cycleId).digest('hex').slice(0, 32)}`;
};

/** What may stand in a template as `{{name}}`. */
export const placeholderNames = ['cycleId', 'jobName', 'model', 'workload', 'baseVersion', 'baseModel', 'provider', 'seed', 'recipe', 'dataUrl', 'jobUrl', 'examplesUrl', 'retentionUrl', 'preferencesUrl'] as const;
export type Placeholders = Readonly<Record<(typeof placeholderNames)[number], string>>;

const PLACEHOLDER = /\{\{\s*([A-Za-z]+)\s*\}\}/gu;

const refused = (message: string): TrainerError => new TrainerError({ code: 'trainer_refused', message: `the Job's template ${message}` });

/** Fills texts alone, after the template was read: what is put in cannot change its form. */
const fill = (value: unknown, values: Readonly<Record<string, string>>): unknown => {
  if (typeof value === 'string') {
    return value.replaceAll(PLACEHOLDER, (whole, name: string) => {
      const text = values[name];
      if (text === undefined) throw refused(`names ${whole}; there are ${placeholderNames.join(', ')}`);
      return text;
    });
  }
  if (Array.isArray(value)) return value.map((item) => fill(item, values));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, values)]));
  return value;
};

/** The container that trains. */
export const trainerContainer = (containers: readonly V1Container[], name: string | undefined): V1Container => {
  const container = name === undefined ? containers[0] : containers.find((known) => known.name === name);
  if (!container) throw refused(name === undefined ? 'has no container' : `has no container ${name}`);
  return container;
};

export type JobSettings = Pick<KubernetesTrainerConfig, 'namespace' | 'container' | 'gpus' | 'gpuResource' | 'backoffLimit' | 'ttlSecondsAfterFinished'>;

/**
 * The Job of a cycle. The template decides what the configuration also could (`backoffLimit`, `ttlSecondsAfterFinished`, `restartPolicy`); name, namespace,
 * labels, deadline and GPUs are always Ratchet's.
 *
 * @throws {TrainerError} where the template is no Job, or names a placeholder that does not exist
 */
export const jobOf = (template: unknown, { settings, values, deadline, nowMs }: { settings: JobSettings; values: Placeholders; deadline: Date; nowMs: number }): V1Job => {
  const job = fill(structuredClone(template), values) as V1Job;
  if (job?.apiVersion !== 'batch/v1' || job.kind !== 'Job') throw refused('is no Job: it needs apiVersion batch/v1 and kind Job');
  const pod = job.spec?.template;
  if (!job.spec || !pod?.spec || !Array.isArray(pod.spec.containers)) throw refused('has no spec.template.spec.containers');
  const container = trainerContainer(pod.spec.containers, settings.container);
  const labels = { [RUN_LABEL]: values.jobName, 'app.kubernetes.io/managed-by': 'ratchet' };
  container.terminationMessagePolicy ??= 'FallbackToLogsOnError';
  if (settings.gpus > 0) container.resources = { ...container.resources, limits: { ...container.resources?.limits, [settings.gpuResource]: String(settings.gpus) } };
  pod.spec.restartPolicy ??= 'Never';
  pod.metadata = { ...pod.metadata, labels: { ...pod.metadata?.labels, ...labels } };
  job.spec.backoffLimit ??= settings.backoffLimit;
  job.spec.ttlSecondsAfterFinished ??= settings.ttlSecondsAfterFinished;
  job.spec.activeDeadlineSeconds = Math.max(1, Math.ceil((deadline.getTime() - nowMs) / 1_000));
  job.metadata = {
    ...job.metadata,
    name: values.jobName,
    namespace: settings.namespace,
    labels: { ...job.metadata?.labels, ...labels },
    annotations: { ...job.metadata?.annotations, [CYCLE_ANNOTATION]: values.cycleId },
  };
  return job;
};
