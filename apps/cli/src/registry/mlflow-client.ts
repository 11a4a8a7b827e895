import { z } from 'zod';
import { UsageError } from '../command-module.js';
import { printableText } from '../printable-text.js';

const WITHIN_MS = 60_000;
const ERROR_CHARS_MAX = 300;
const PAGES_MAX = 1_000;
const PAGE_ROWS = 200;

const pairs = z.array(z.object({ key: z.string(), value: z.string().default('') })).default([]);
const runSchema = z.object({
  info: z.object({ run_id: z.string(), status: z.string().optional() }),
  data: z.object({ tags: pairs, params: pairs, metrics: z.array(z.object({ key: z.string(), value: z.union([z.number(), z.string().transform(Number)]) })).default([]) }).prefault({}),
});
const modelVersionSchema = z.object({ version: z.coerce.string(), run_id: z.string().optional(), tags: pairs });
const registeredModelSchema = z.object({ tags: pairs, aliases: z.array(z.object({ alias: z.string(), version: z.coerce.string() })).default([]) });
export type MlflowRun = z.infer<typeof runSchema>;
export type MlflowModelVersion = z.infer<typeof modelVersionSchema>;
type Pair = { readonly key: string; readonly value: string };

export class MlflowError extends Error {
  override readonly name = 'MlflowError';

  constructor(
    message: string,
    readonly errorCode: string,
  ) {
    super(message);
  }
}

const missing = (error: unknown): undefined => {
  if (error instanceof MlflowError && error.errorCode === 'RESOURCE_DOES_NOT_EXIST') return undefined;
  throw error;
};

/** `Authorization` as MLflow's own client takes it from the environment. */
const authorizationOf = (env: Readonly<Record<string, string | undefined>>): Record<string, string> => {
  const { MLFLOW_TRACKING_TOKEN: token, MLFLOW_TRACKING_USERNAME: name, MLFLOW_TRACKING_PASSWORD: password } = env;
  if (token) return { authorization: `Bearer ${token}` };
  return name ? { authorization: `Basic ${Buffer.from(`${name}:${password ?? ''}`).toString('base64')}` } : {};
};

/** The part of MLflow's REST API (2.0) that a registry needs. Counts what it changed. */
export class MlflowClient {
  changes = 0;
  private readonly base: string;
  private readonly headers: Record<string, string>;

  /** @throws {UsageError} where the address holds a password, which would end in logs */
  constructor(url: string, env: Readonly<Record<string, string | undefined>> = process.env) {
    const parsed = new URL(url);
    if (parsed.username !== '' || parsed.password !== '') throw new UsageError('give name and password in MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, not in the address');
    this.base = `${parsed.origin}${parsed.pathname.replace(/\/+$/u, '')}/api/2.0/mlflow`;
    this.headers = { 'content-type': 'application/json', ...authorizationOf(env) };
  }

  async experimentId(name: string): Promise<string> {
    const schema = z.object({ experiment: z.object({ experiment_id: z.string() }) });
    const found = await this.get('experiments/get-by-name', { experiment_name: name }, schema).catch(missing);
    if (found) return found.experiment.experiment_id;
    return (await this.change('experiments/create', { name }, z.object({ experiment_id: z.string() }))).experiment_id;
  }

  runs(experimentId: string): Promise<MlflowRun[]> {
    return this.pages(async (page) => {
      const { runs, next_page_token } = await this.call('POST', 'runs/search', { experiment_ids: [experimentId], max_results: PAGE_ROWS, ...page }, z.object({ runs: z.array(runSchema).default([]), next_page_token: z.string().optional() }));
      return { rows: runs, next: next_page_token };
    });
  }

  async createRun(experimentId: string, { name, atMs, tags }: { name: string; atMs: number; tags: readonly Pair[] }): Promise<MlflowRun> {
    return (await this.change('runs/create', { experiment_id: experimentId, run_name: name, start_time: atMs, tags }, z.object({ run: runSchema }))).run;
  }

  async finishRun(runId: string, atMs: number): Promise<void> {
    await this.change('runs/update', { run_id: runId, status: 'FINISHED', end_time: atMs });
  }

  async logToRun(runId: string, data: { readonly params: readonly Pair[]; readonly metrics: readonly { readonly key: string; readonly value: number; readonly timestamp: number; readonly step: number }[] }): Promise<void> {
    await this.change('runs/log-batch', { run_id: runId, ...data });
  }

  async registeredModel(name: string, tags: readonly Pair[]): Promise<z.infer<typeof registeredModelSchema>> {
    const schema = z.object({ registered_model: registeredModelSchema });
    const found = await this.get('registered-models/get', { name }, schema).catch(missing);
    return (found ?? (await this.change('registered-models/create', { name, tags }, schema))).registered_model;
  }

  modelVersions(name: string): Promise<MlflowModelVersion[]> {
    return this.pages(async (page) => {
      const query = { filter: `name='${name}'`, max_results: String(PAGE_ROWS), ...page };
      const { model_versions, next_page_token } = await this.get('model-versions/search', query, z.object({ model_versions: z.array(modelVersionSchema).default([]), next_page_token: z.string().optional() }));
      return { rows: model_versions, next: next_page_token };
    });
  }

  async createModelVersion(version: { readonly name: string; readonly source: string; readonly run_id: string; readonly tags: readonly Pair[] }): Promise<MlflowModelVersion> {
    return (await this.change('model-versions/create', version, z.object({ model_version: modelVersionSchema }))).model_version;
  }

  async setModelVersionTag(name: string, version: string, { key, value }: Pair): Promise<void> {
    await this.change('model-versions/set-tag', { name, version, key, value });
  }

  async setAlias(name: string, alias: string, version: string): Promise<void> {
    await this.change('registered-models/alias', { name, alias, version });
  }

  async deleteAlias(name: string, alias: string): Promise<void> {
    this.changes += 1;
    await this.call('DELETE', 'registered-models/alias', { name, alias }, z.unknown());
  }

  private async pages<Row>(read: (page: { page_token?: string }) => Promise<{ rows: Row[]; next: string | undefined }>): Promise<Row[]> {
    const all: Row[] = [];
    let token: string | undefined;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const { rows, next } = await read(token === undefined ? {} : { page_token: token });
      all.push(...rows);
      if (!next) return all;
      token = next;
    }
    throw new MlflowError(`MLflow gave more than ${PAGES_MAX} pages`, 'TOO_MANY_PAGES');
  }

  private get<T>(path: string, query: Record<string, string>, schema: z.ZodType<T>): Promise<T> {
    return this.call('GET', `${path}?${new URLSearchParams(query).toString()}`, undefined, schema);
  }

  private async change<T = unknown>(path: string, body: object, schema: z.ZodType<T> = z.unknown() as z.ZodType<T>): Promise<T> {
    this.changes += 1;
    return this.call('POST', path, body, schema);
  }

  private async call<T>(method: string, path: string, body: object | undefined, schema: z.ZodType<T>): Promise<T> {
    const init = { method, headers: this.headers, redirect: 'error' as const, signal: AbortSignal.timeout(WITHIN_MS), ...(body && { body: JSON.stringify(body) }) };
    const response = await fetch(`${this.base}/${path}`, init).catch((error: unknown) => {
      throw new UsageError(`MLflow cannot be reached at ${this.base}: ${((error as Error).cause as Error | undefined)?.message ?? (error as Error).message}`, { cause: error });
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (!response.ok) {
      const { error_code: code = `HTTP_${response.status}`, message = '' } = (answer ?? {}) as { error_code?: string; message?: string };
      throw new MlflowError(`MLflow refused ${path.split('?')[0]}: ${response.status} ${printableText(String(code), 60)} ${printableText(String(message), ERROR_CHARS_MAX)}`, String(code));
    }
    const parsed = schema.safeParse(answer ?? {});
    if (!parsed.success) throw new MlflowError(`what answers at ${this.base} is no MLflow: ${path.split('?')[0]} gave something else`, 'NO_MLFLOW');
    return parsed.data;
  }
}
