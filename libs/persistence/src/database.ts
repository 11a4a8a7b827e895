import { newEventId } from '@ratchet/observability';
import { DataSource } from 'typeorm';
import type { EntityManager, MixedList } from 'typeorm';
import type { EventData, EventDefinition, EventEnvelope } from '@ratchet/contracts';
import { PlatformTables0003 } from './inbox-generations.migration.js';
import { PlatformTables0001, PlatformTables0002 } from './platform-tables.migration.js';
import { prepareRole } from './application-role.js';
import type { ApplicationRole } from './application-role.js';
import { writeOutbox } from './outbox.js';
import { PlatformTables0004 } from './sent-events.migration.js';

export interface EmitOptions {
  /** Derive it where a repeat must make the same id; a UUIDv7 otherwise. */
  readonly id?: string;
  /** The cycle. */
  readonly correlationId?: string;
  readonly causationId?: string;
  readonly subject?: string;
}

export interface EnqueueOptions {
  /** At most one waiting job a key; a job that already runs is followed by a new one. */
  readonly key?: string;
  readonly keyMode?: 'replace' | 'preserve_run_at';
  readonly runAt?: Date;
}

/** Effects, outgoing events and jobs that become real together, or not at all. */
export interface Transaction {
  query<Row extends object = Record<string, unknown>>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  emit<D extends EventDefinition>(definition: D, data: EventData<D>, options?: EmitOptions): void;
  enqueue(jobName: string, payload: object, options?: EnqueueOptions): Promise<void>;
  /** Work that is done once for each key when all else is: what looks at the effects of a batch should see all of them. */
  atEnd(key: string, work: () => Promise<void>): void;
  /** Puts `value` to those that were gathered under the key, in order; `work` gets all of them when all else is done. */
  gather<T>(key: string, value: T, work: (values: readonly T[]) => Promise<void>): void;
}

/** For work with more events than one keeps in memory. */
export interface BulkTransaction extends Transaction {
  /** Writes what was emitted until now to the outbox; other emitters wait from here to the end of the transaction. */
  flush(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** The service's name: it owns a schema of the same name (dashes become underscores). */
  readonly service: string;
  readonly migrations: MixedList<Function>;
  readonly connectionsMax?: number;
  /** The owner's login, for migrations; `url` where it is absent. */
  readonly migrationUrl?: string | undefined;
  /** The role that the service works under once its schema is up to date; made where it may be. */
  readonly role?: ApplicationRole;
  /** Told why the role is not used, where it could not be made; the service then works with its login's own rights. */
  readonly onRoleRefused?: (error: unknown) => void;
}

const CONNECT_WITHIN_MS = 10_000;

export const schemaOf = (service: string): string => service.replaceAll('-', '_');

/** TypeORM gives rows for a select and [rows, count] for insert, update and delete with returning. */
const rowsOf = <Row>(result: unknown): Row[] => {
  if (!Array.isArray(result)) return [];
  if (result.length === 2 && Array.isArray(result[0]) && typeof result[1] === 'number') return result[0] as Row[];
  return result as Row[];
};

/** One service's own schema; no other service reads it. */
export class Database {
  readonly schema: string;
  /** Another one after the start, where the service works under a role. */
  dataSource: DataSource;
  /** Called after each commit that wrote events, so that the relay need not wait for its next look. */
  onOutboxWritten: () => void = () => undefined;

  constructor(private readonly options: DatabaseOptions) {
    this.schema = schemaOf(options.service);
    this.dataSource = this.sourceOf(options.url);
  }

  get url(): string {
    return this.options.url;
  }

  get service(): string {
    return this.options.service;
  }

  /** Connects, and brings the schema up to date; two instances that start at once take turns. */
  async start(): Promise<void> {
    const { url, migrationUrl, role } = this.options;
    if (migrationUrl === undefined && role === undefined) {
      await this.dataSource.initialize();
      return this.migrate(this.dataSource);
    }
    const owner = await this.sourceOf(migrationUrl ?? url).initialize();
    try {
      await this.migrate(owner);
      if (role && (await this.mayUse(role, owner))) this.dataSource = this.sourceOf(url, role.name);
    } finally {
      await owner.destroy();
    }
    await this.dataSource.initialize();
  }

  private async mayUse(role: ApplicationRole, owner: DataSource): Promise<boolean> {
    const login = decodeURIComponent(new URL(this.options.url).username);
    try {
      await owner.transaction((manager) => prepareRole(manager, { role, schema: this.schema, login }));
      const trial = await this.sourceOf(this.options.url, role.name).initialize();
      await trial.destroy();
      return true;
    } catch (error) {
      this.options.onRoleRefused?.(error);
      return false;
    }
  }

  private async migrate(source: DataSource): Promise<void> {
    const runner = source.createQueryRunner();
    try {
      await runner.query('select pg_advisory_lock(hashtext($1))', [`ratchet-migrations-${this.schema}`]);
      await runner.query(`create schema if not exists "${this.schema}"`);
      await source.runMigrations();
    } finally {
      await runner.query('select pg_advisory_unlock(hashtext($1))', [`ratchet-migrations-${this.schema}`]).catch(() => undefined);
      await runner.release();
    }
  }

  private sourceOf(url: string, role?: string): DataSource {
    const migrations = Array.isArray(this.options.migrations) ? this.options.migrations : Object.values(this.options.migrations);
    return new DataSource({
      type: 'postgres',
      url,
      schema: this.schema,
      applicationName: this.options.service,
      migrations: [PlatformTables0001, PlatformTables0002, PlatformTables0003, PlatformTables0004, ...migrations] as Function[],
      migrationsTableName: 'migrations',
      migrationsTransactionMode: 'each',
      poolSize: this.options.connectionsMax ?? 5,
      // A server that vanished is noticed, and a connection that cannot be made is given up, so that the batch can be tried again.
      extra: { options: `-c search_path=${this.schema}${role === undefined ? '' : ` -c role=${role}`}`, connectionTimeoutMillis: CONNECT_WITHIN_MS, keepAlive: true, keepAliveInitialDelayMillis: 10_000 },
    });
  }

  async stop(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  async query<Row extends object = Record<string, unknown>>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return rowsOf<Row>(await this.dataSource.query(sql, [...parameters]));
  }

  async transaction<T>(work: (tx: BulkTransaction) => Promise<T>): Promise<T> {
    let hasEmitted = false;
    const result = await this.dataSource.transaction(async (manager) => {
      const tx = new DatabaseTransaction(manager, this);
      const value = await work(tx);
      await tx.end();
      await tx.flush();
      hasEmitted = tx.hasEmitted;
      return value;
    });
    if (hasEmitted) this.onOutboxWritten();
    return result;
  }
}

class DatabaseTransaction implements BulkTransaction {
  hasEmitted = false;
  private emitted: EventEnvelope[] = [];
  private readonly last = new Map<string, () => Promise<void>>();
  private readonly gathered = new Map<string, unknown[]>();

  constructor(
    private readonly manager: EntityManager,
    private readonly database: Database,
  ) {}

  async query<Row extends object = Record<string, unknown>>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return rowsOf<Row>(await this.manager.query(sql, [...parameters]));
  }

  emit<D extends EventDefinition>(definition: D, data: EventData<D>, { id, correlationId, causationId, subject }: EmitOptions = {}): void {
    const checked = definition.schema.parse(data);
    this.emitted.push({
      id: id ?? newEventId(),
      source: `/ratchet/${this.database.service}`,
      type: definition.type,
      time: new Date().toISOString(),
      data: checked,
      ...(subject !== undefined && { subject }),
      ...(correlationId !== undefined && { correlationid: correlationId }),
      ...(causationId !== undefined && { causationid: causationId }),
    });
  }

  atEnd(key: string, work: () => Promise<void>): void {
    if (!this.last.has(key)) this.last.set(key, work);
  }

  gather<T>(key: string, value: T, work: (values: readonly T[]) => Promise<void>): void {
    const values = this.gathered.get(key);
    if (values) values.push(value);
    else this.gathered.set(key, [value]);
    this.atEnd(`gathered: ${key}`, async () => {
      const all = (this.gathered.get(key) ?? []) as T[];
      this.gathered.delete(key);
      await work(all);
    });
  }

  async flush(): Promise<void> {
    const events = this.emitted;
    this.emitted = [];
    this.hasEmitted ||= events.length > 0;
    await writeOutbox(this.manager, events);
  }

  /** Does what was put off, and what that puts off in turn. */
  async end(): Promise<void> {
    for (const [key, work] of this.last) {
      this.last.delete(key);
      await work();
    }
  }

  async enqueue(jobName: string, payload: object, { key, keyMode = 'replace', runAt }: EnqueueOptions = {}): Promise<void> {
    await this.manager.query(`select ${this.database.schema}_jobs.add_job($1, payload => $2::json, run_at => $3::timestamptz, max_attempts => 25, job_key => $4::text, job_key_mode => $5::text)`, [
      jobName,
      JSON.stringify(payload),
      runAt ?? null,
      key ?? null,
      keyMode,
    ]);
  }
}
