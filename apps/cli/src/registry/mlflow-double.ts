import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

type Body = Record<string, unknown>;
type Pair = { key: string; value: string };
interface Run { id: string; experiment: string; status: string; tags: Pair[]; params: Record<string, string>; metrics: Record<string, number> }
interface Version { name: string; version: string; source: string; run_id: string; tags: Record<string, string> }
type Answer = { readonly status?: number; readonly body: object };

const record = (pairs: unknown): Record<string, string> => Object.fromEntries((pairs as Pair[]).map(({ key, value }) => [key, value]));
const pairs = (of: Record<string, unknown>): object[] => Object.entries(of).map(([key, value]) => ({ key, value }));
const missing: Answer = { status: 404, body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'none' } };

/** The part of MLflow's REST API that the export uses, in memory, for specs; like MLflow it refuses what exists and a parameter that changes. */
export class MlflowDouble {
  authorization: string | undefined;
  private readonly experiments = new Map<string, string>();
  private readonly models = new Map<string, { tags: Pair[]; aliases: Map<string, string> }>();
  private readonly runs: Run[] = [];
  private readonly versions: Version[] = [];
  private changesLeft = Number.POSITIVE_INFINITY;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<MlflowDouble> {
    const server = createServer();
    const double = new MlflowDouble(server);
    server.on('request', (request: IncomingMessage, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { status = 200, body } = double.answer(request, chunks.length > 0 ? (JSON.parse(Buffer.concat(chunks).toString()) as Body) : {});
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return double;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** The given change, and none before it, is refused. */
  failAtChange(change: number): void {
    this.changesLeft = change - 1;
  }

  state(): { versions: Version[]; runs: Run[]; aliases: [string, string][] } {
    return structuredClone({ versions: this.versions, runs: this.runs, aliases: [...this.models.values()].flatMap(({ aliases }) => [...aliases]) });
  }

  version(versionId: string): Version & { run: Run | undefined } {
    const found = this.versions.find(({ tags }) => tags['ratchet.version'] === versionId);
    if (!found) throw new Error(`no version ${versionId}`);
    return { ...found, run: this.runs.find(({ id }) => id === found.run_id) };
  }

  aliases(name: string): Record<string, string | undefined> {
    return Object.fromEntries([...(this.models.get(name)?.aliases ?? [])].map(([alias, version]) => [alias, this.versions.find((one) => one.version === version)?.tags['ratchet.version']]));
  }

  private answer(request: IncomingMessage, body: Body): Answer {
    this.authorization = request.headers.authorization;
    const { pathname, searchParams } = new URL(request.url ?? '', this.url);
    const path = `${request.method ?? ''} ${pathname.replace('/api/2.0/mlflow/', '')}`;
    const read = this.read(path, searchParams, body);
    if (read) return read;
    this.changesLeft -= 1;
    if (this.changesLeft === -1) return { status: 500, body: { error_code: 'INTERNAL_ERROR', message: 'as the spec wants it' } };
    return this.change(path, body) ?? { status: 404, body: { error_code: 'ENDPOINT_NOT_FOUND', message: path } };
  }

  private read(path: string, query: URLSearchParams, body: Body): Answer | undefined {
    if (path === 'GET experiments/get-by-name') {
      const id = this.experiments.get(query.get('experiment_name') ?? '');
      return id === undefined ? missing : { body: { experiment: { experiment_id: id } } };
    }
    if (path === 'POST runs/search') return this.page(this.runs.filter(({ experiment }) => experiment === (body['experiment_ids'] as string[])[0]).map(runOf), 'runs', body['page_token'] as string | undefined);
    if (path === 'GET registered-models/get') {
      const model = this.models.get(query.get('name') ?? '');
      return model ? { body: { registered_model: { tags: model.tags, aliases: [...model.aliases].map(([alias, version]) => ({ alias, version })) } } } : missing;
    }
    const ofModel = this.versions.filter(({ name }) => query.get('filter') === `name='${name}'`);
    return path === 'GET model-versions/search' ? this.page(ofModel.map((version) => ({ ...version, tags: pairs(version.tags) })), 'model_versions', query.get('page_token') ?? undefined) : undefined;
  }

  /** Two rows a page, so that a reader of one page alone is found out. */
  private page(rows: object[], name: string, token = '0'): Answer {
    const from = Number(token);
    return { body: { [name]: rows.slice(from, from + 2), ...(from + 2 < rows.length && { next_page_token: String(from + 2) }) } };
  }

  private change(path: string, body: Body): Answer | undefined {
    const name = body['name'] as string;
    const run = this.runs.find(({ id }) => id === body['run_id']);
    if (path === 'POST experiments/create') {
      this.experiments.set(name, String(this.experiments.size + 1));
      return { body: { experiment_id: this.experiments.get(name) } };
    }
    if (path === 'POST registered-models/create') {
      if (this.models.has(name)) return { status: 400, body: { error_code: 'RESOURCE_ALREADY_EXISTS', message: name } };
      this.models.set(name, { tags: body['tags'] as Pair[], aliases: new Map() });
      return { body: { registered_model: {} } };
    }
    if (path === 'POST runs/create') {
      const created: Run = { id: `run-${this.runs.length + 1}`, experiment: body['experiment_id'] as string, status: 'RUNNING', tags: body['tags'] as Pair[], params: {}, metrics: {} };
      this.runs.push(created);
      return { body: { run: runOf(created) } };
    }
    if (path === 'POST runs/log-batch' && run) return this.log(run, body);
    if (path === 'POST runs/update' && run) run.status = body['status'] as string;
    else return this.changeVersion(path, body);
    return { body: {} };
  }

  private log(run: Run, { params, metrics }: Body): Answer {
    const given = record(params);
    if (Object.entries(given).some(([key, value]) => run.params[key] !== undefined && run.params[key] !== value)) return { status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE', message: 'changed' } };
    Object.assign(run.params, given);
    Object.assign(run.metrics, record(metrics));
    return { body: {} };
  }

  private changeVersion(path: string, body: Body): Answer | undefined {
    const name = body['name'] as string;
    if (path === 'POST model-versions/create') {
      const version = { name, version: String(this.versions.length + 1), source: body['source'] as string, run_id: body['run_id'] as string, tags: record(body['tags']) };
      this.versions.push(version);
      return { body: { model_version: { ...version, tags: body['tags'] } } };
    }
    const version = this.versions.find((one) => one.name === name && one.version === body['version']);
    if (path === 'POST model-versions/set-tag' && version) version.tags[body['key'] as string] = body['value'] as string;
    else if (path === 'POST registered-models/alias') this.models.get(name)?.aliases.set(body['alias'] as string, body['version'] as string);
    else if (path === 'DELETE registered-models/alias') this.models.get(name)?.aliases.delete(body['alias'] as string);
    else return undefined;
    return { body: {} };
  }
}

const runOf = ({ id, status, tags, params, metrics }: Run): object => ({ info: { run_id: id, status }, data: { tags, params: pairs(params), metrics: pairs(metrics) } });
