import pg from 'pg';
import { databaseUrl } from './services.js';
import { uniqueName } from './unique-name.js';

export interface TestDatabase {
  /** `postgresql://…` of the new database. */
  readonly url: string;
  /** One statement on a connection of its own. */
  query<Row extends object = Record<string, unknown>>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** Ends every connection to the database, and removes it. */
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
      await run(server, `drop database if exists "${name}" with (force)`);
    },
  };
};
