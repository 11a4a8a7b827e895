// A console of its own, as a process of the built code, on a Kafka and a PostgreSQL of its own.
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run-process.mjs';

const START_WITHIN_MS = 60_000;
const LISTENS = /"address":"([^"]+)"/;

const startProcess = async (folder, env) => {
  const { startTestProcess } = await import('../libs/testing/dist/index.js');
  const running = startTestProcess({ script: join(root, 'apps/console/dist/main.js'), env });
  const log = join(folder, 'console.log');
  const stop = async () => {
    await running.end('SIGTERM');
    writeFileSync(log, running.output());
  };
  try {
    const [, url] = await running.said(LISTENS, START_WITHIN_MS);
    return { url, stop };
  } catch (error) {
    await stop();
    throw new Error(`the console did not start: ${log}`, { cause: error });
  }
};

/**
 * Starts all of it; `stop` ends it. `database` asks the console's schema as its owner.
 *
 * @param fill is called with `database` once the schema is there, before the console that is given back starts
 */
export const startConsole = async ({ folder, env = {}, fill = async () => undefined }) => {
  mkdirSync(folder, { recursive: true });
  const [{ startStack }, { createKafka, ensureTopics }, { topicCatalogue }, { Logger }, { default: pg }] = await Promise.all(
    ['../libs/local-stack/dist/index.js', '../libs/kafka/dist/index.js', '../libs/contracts/dist/index.js', '../libs/observability/dist/index.js', 'pg'].map((name) => import(name)),
  );
  const stack = await startStack({ dataDir: join(folder, 'stack') });
  const token = randomBytes(24).toString('hex');
  const settings = { KAFKA_BROKERS: stack.kafkaBrokers.join(','), DATABASE_URL: stack.databaseUrl, HTTP_HOST: '127.0.0.1', HTTP_PORT: '0', FIRST_ADMIN_TOKEN: token, REQUESTS_PER_MINUTE: '100000', SIGN_INS_PER_MINUTE: '10000', ...env };
  const client = new pg.Client({ connectionString: stack.databaseUrl, options: '-c search_path=console' });
  let running;
  const stop = async () => {
    await running?.stop();
    await client.end().catch(() => undefined);
    await stack.stop();
  };
  try {
    await ensureTopics(createKafka({ brokers: stack.kafkaBrokers, clientId: 'verification' }, Logger.silent()), { catalogue: topicCatalogue, replicationFactor: 1, services: ['console'] });
    running = await startProcess(folder, settings);
    await client.connect();
    const database = async (sql, parameters = []) => (await client.query(sql, parameters)).rows;
    if ((await fill(database)) !== undefined) {
      await running.stop();
      running = await startProcess(folder, settings);
    }
    // What is done between two questions may take longer than the server keeps a connection.
    const headers = { authorization: `Bearer ${token}`, connection: 'close' };
    return { url: running.url, token, database, stop, ask: (path) => fetch(`${running.url}${path}`, { headers }), read: async (path) => (await fetch(`${running.url}${path}`, { headers })).json() };
  } catch (error) {
    await stop();
    throw error;
  }
};
