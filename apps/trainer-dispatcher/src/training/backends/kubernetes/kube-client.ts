import { readFileSync } from 'node:fs';
import type { BatchV1Api, CoreV1Api, Watch } from '@kubernetes/client-node';
import { RatchetError } from '@ratchet/observability';
import type { KubernetesTrainerConfig } from '../../trainers-config.js';
import { TrainerError } from '../trainer-backend.js';

export interface KubeClient {
  readonly batch: Pick<BatchV1Api, 'createNamespacedJob' | 'readNamespacedJob' | 'listNamespacedJob' | 'deleteNamespacedJob'>;
  readonly core: Pick<CoreV1Api, 'listNamespacedPod' | 'readNamespacedPodLog'>;
  readonly watch: Watch;
  /** The configuration's own, or the file's. */
  readonly template: unknown;
}

/**
 * The client's package is large, so it is only loaded where a trainer is a Kubernetes one.
 *
 * @throws {RatchetError} `bad_configuration` where the kubeconfig or the template cannot be read
 */
export const openKube = async ({ kubeconfig, context, template, templateFile }: Pick<KubernetesTrainerConfig, 'kubeconfig' | 'context' | 'template' | 'templateFile'>): Promise<KubeClient> => {
  const { BatchV1Api: Batch, CoreV1Api: Core, KubeConfig, loadYaml, Watch: Watcher } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
    if (context !== undefined) config.setCurrentContext(context);
  } catch (error) {
    throw new RatchetError({ code: 'bad_configuration', message: `TRAINERS: the kubeconfig ${kubeconfig ?? '(the default one)'} cannot be used`, cause: error });
  }
  if (!config.getCurrentCluster()) throw new RatchetError({ code: 'bad_configuration', message: 'TRAINERS: no Kubernetes cluster is known; name kubeconfig and context, or run with a service account' });
  let read: unknown = template;
  try {
    if (templateFile !== undefined) read = loadYaml(readFileSync(templateFile, 'utf8'));
  } catch (error) {
    throw new RatchetError({ code: 'bad_configuration', message: `TRAINERS: the template ${templateFile} cannot be read as YAML or JSON`, cause: error });
  }
  return { batch: config.makeApiClient(Batch), core: config.makeApiClient(Core), watch: new Watcher(config), template: read };
};

/** The HTTP status of what the client threw; undefined where no answer came. */
export const statusOf = (error: unknown): number | undefined => {
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  return typeof code === 'number' ? code : typeof statusCode === 'number' ? statusCode : undefined;
};

/** Kubernetes' own words for a refusal. They may repeat the manifest, so they are cut short. */
const messageOf = (error: unknown): string => {
  const { body } = (error ?? {}) as { body?: unknown };
  try {
    const status = (typeof body === 'string' ? JSON.parse(body) : body) as { message?: unknown } | undefined;
    return typeof status?.message === 'string' ? `: ${status.message.slice(0, 300)}` : '';
  } catch {
    return '';
  }
};

const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 413, 415, 422]);

/** Creating is refused for good by some statuses; whatever else goes wrong is tried again, above all while a Job may run. */
export const kubeError = (error: unknown, { creating }: { creating: boolean }): TrainerError => {
  if (error instanceof TrainerError) return error;
  const status = statusOf(error);
  const isFinal = creating && status !== undefined && REFUSALS.has(status);
  return new TrainerError({ code: isFinal ? 'trainer_refused' : 'trainer_unavailable', message: `Kubernetes ${status === undefined ? 'did not answer' : `answered ${status}`}${messageOf(error)}`, retryable: !isFinal, cause: error });
};
