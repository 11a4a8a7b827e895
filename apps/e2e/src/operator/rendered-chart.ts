import { parseAllDocuments } from 'yaml';

interface SecretKeyRef {
  readonly name: string;
  readonly key: string;
  readonly optional?: boolean;
}
interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly envFrom?: readonly { readonly configMapRef?: { readonly name: string }; readonly secretRef?: { readonly name: string } }[];
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: { readonly secretKeyRef?: SecretKeyRef } }[];
  readonly readinessProbe?: { readonly httpGet: { readonly path: string } };
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly selector?: Readonly<Record<string, unknown>>;
    readonly ports?: readonly { readonly port: number }[];
    readonly template?: { readonly metadata: { readonly labels: Readonly<Record<string, string>> }; readonly spec: { readonly initContainers?: readonly Container[]; readonly containers: readonly Container[] } };
  };
}

/** What one container runs, with the environment that Kubernetes would give it. */
export interface RenderedContainer {
  /** As in `apps/`. */
  readonly app: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly readinessPath: string | undefined;
}

export interface RenderedDeployment extends RenderedContainer {
  readonly name: string;
  /** `http://NAME:PORT` of the Services that lead to it. */
  readonly addresses: readonly string[];
}

export interface RenderedChart {
  /** Containers of hooks that run before the services, in their order. */
  readonly hooks: readonly (RenderedContainer & { readonly name: string })[];
  readonly deployments: readonly RenderedDeployment[];
}

const APP = /\/ratchet-([a-z-]+):/u;

const valuesOf = (manifests: readonly Manifest[], name: string): Readonly<Record<string, string>> => {
  const found = manifests.filter(({ kind, metadata }) => (kind === 'Secret' || kind === 'ConfigMap') && metadata.name === name);
  if (found.length === 0) throw new Error(`the chart names ${name}, and renders no ConfigMap or Secret of that name`);
  const decoded = found.flatMap(({ kind, data = {} }) => Object.entries(data).map(([key, value]) => [key, kind === 'Secret' ? Buffer.from(value, 'base64').toString() : value]));
  return { ...Object.fromEntries(decoded), ...Object.assign({}, ...found.map(({ stringData = {} }) => stringData)) };
};

const secretValue = (manifests: readonly Manifest[], { name, key, optional }: SecretKeyRef): string | undefined => {
  const value = valuesOf(manifests, name)[key];
  if (value === undefined && !optional) throw new Error(`the Secret ${name} has no ${key}, without which Kubernetes does not start the container`);
  return value;
};

const containerOf = (manifests: readonly Manifest[], { name, image, args = [], envFrom = [], env = [], readinessProbe }: Container): RenderedContainer => {
  const [, app] = APP.exec(image) ?? [];
  if (app === undefined) throw new Error(`${name}: the image ${image} is none of an app`);
  const whole = envFrom.flatMap(({ configMapRef, secretRef }) => [configMapRef, secretRef].flatMap((ref) => (ref ? [valuesOf(manifests, ref.name)] : [])));
  const single = env.flatMap(({ name: variable, value, valueFrom }) => {
    const given = value ?? (valueFrom?.secretKeyRef && secretValue(manifests, valueFrom.secretKeyRef));
    return given === undefined ? [] : [[variable, given] as const];
  });
  return { app, args, env: { ...Object.assign({}, ...whole), ...Object.fromEntries(single) }, readinessPath: readinessProbe?.httpGet.path };
};

const isPart = (selector: Readonly<Record<string, unknown>>, labels: Readonly<Record<string, string>>): boolean => Object.entries(selector).every(([label, value]) => labels[label] === value);

const HOOKS_BEFORE = /pre-install|pre-upgrade/u;
const weightOf = ({ metadata }: Manifest): number => Number(metadata.annotations?.['helm.sh/hook-weight'] ?? 0);

/** Reads what `helm template` wrote, as Kubernetes would. Throws where a name leads nowhere. */
export const readChart = (text: string): RenderedChart => {
  const manifests = parseAllDocuments(text).map((document) => document.toJS() as Manifest | null).filter((one) => one !== null);
  const services = manifests.filter(({ kind }) => kind === 'Service');
  const deployments = manifests.flatMap(({ kind, metadata, spec }) => {
    const [container] = spec?.template?.spec.containers ?? [];
    if (kind !== 'Deployment' || !container || !spec?.template) return [];
    const { labels } = spec.template.metadata;
    const addresses = services.filter((service) => isPart(service.spec?.selector ?? {}, labels)).flatMap(({ metadata: { name }, spec: { ports = [] } = {} }) => ports.map(({ port }) => `http://${name}:${port}`));
    return [{ name: metadata.name, addresses, ...containerOf(manifests, container) }];
  });
  const jobs = manifests.filter(({ kind, metadata }) => kind === 'Job' && HOOKS_BEFORE.test(metadata.annotations?.['helm.sh/hook'] ?? '')).sort((one, other) => weightOf(one) - weightOf(other));
  const hooks = jobs.flatMap(({ metadata: { name }, spec }) => {
    const { initContainers = [], containers = [] } = spec?.template?.spec ?? { containers: [] };
    return [...initContainers, ...containers].map((container) => ({ name: `${name}/${container.name}`, ...containerOf(manifests, container) }));
  });
  return { hooks, deployments };
};
