import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { databaseUrl } from './services.js';
import { uniqueName } from './unique-name.js';

export interface TestDatabase {
  /** `postgresql://…` of the new database. */
  readonly url: string;
  /** One statement on a connection of its own. */
  query<Row extends object = Record<string, unknown>>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** Removes the database; connections that do not end by themselves within 3 s are cut off. */
  drop(): Promise<void>;
}

const run = async <Row extends object>(url: string, sql: string, parameters: readonly unknown[] = []): Promise<Row[]> => {
  const client = new pg.Client({ connectionString: url, application_name: 'ratchet-testing' });
  await client.connect();
  try {
    return (await client.query<Row>(sql, [...parameters])).rows;
  } finally {
    await client.end();
  }
};

const GOODBYE_MS = 3_000;

const connections = async (server: string, name: string): Promise<number> => (await run<{ n: number }>(server, 'select count(*)::int as n from pg_stat_activity where datname = $1', [name]))[0]?.n ?? 0;

/** Makes an empty database on the server of `DATABASE_URL`, for one test file. */
export const createTestDatabase = async (prefix: string): Promise<TestDatabase> => {
  const server = databaseUrl();
  const name = uniqueName(prefix).replaceAll('-', '_');
  await run(server, `create database "${name}"`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    query: (sql, parameters) => run(url.href, sql, parameters),
    drop: async () => {
      // A client that is just saying goodbye would take being cut off for an error, which nobody listens for any more.
      for (const until = Date.now() + GOODBYE_MS; Date.now() < until && (await connections(server, name)) > 0; ) await delay(50);
      await run(server, `drop database if exists "${name}" with (force)`);
    },
  };
};
