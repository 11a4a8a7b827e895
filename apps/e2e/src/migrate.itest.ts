// Goal: a service's `--migrate` brings topics and schema up to date, and ends: once, again, several at once, and with a clear error where a store
// is away. Method: built services as processes, on a Kafka and a PostgreSQL of their own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deadLetterTopicOf, topics } from '@ratchet/contracts';
import { eventually, startTestProcess, withAdmin } from '@ratchet/testing';
import pg from 'pg';
import { ChaosStack } from './chaos/chaos-stack.js';

const folder = mkdtempSync(join(tmpdir(), 'ratchet-migrate-'));
const stack = new ChaosStack(join(folder, 'stack'), () => undefined);
/** Nobody listens there. */
const NOBODY = '127.0.0.1:1';

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

const migrate = async (app: string, env: Record<string, string> = {}): Promise<Ended> => {
  const script = fileURLToPath(new URL(`../../${app}/dist/main.js`, import.meta.url));
  const settings = { KAFKA_BROKERS: stack.brokers.join(','), DATABASE_URL: stack.databaseUrl, PROVIDERS: '{"none": {"baseUrl": "http://127.0.0.1:1/v1"}}', GATEWAY_DATA_DIR: join(folder, 'gateway'), HTTP_PORT: '0' };
  const started = startTestProcess({ script, args: ['--migrate'], env: { ...settings, ...env } });
  const late = setTimeout(() => started.signal('SIGKILL'), 100_000);
  const code = await started.ended();
  clearTimeout(late);
  return { code, said: started.output() };
};

const migrationsOf = async (schema: string): Promise<string[]> => {
  const client = new pg.Client({ connectionString: stack.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(`select name from ${schema}.migrations order by id`).finally(() => client.end());
  return rows.map(({ name }) => name);
};

beforeAll(async () => {
  await stack.start();
  process.env['KAFKA_BROKERS'] = stack.brokers.join(',');
}, 120_000);
afterAll(async () => {
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

describe('--migrate', () => {
  it('makes topics and schema, by several at once, and serves nothing', async () => {
    const both = await Promise.all([migrate('analyzer'), migrate('analyzer')]);
    for (const { code, said } of both) {
      expect({ code, said }).toMatchObject({ code: 0, said: expect.stringContaining('topics and schema are up to date') });
      expect(said).not.toContain('listening');
    }
    expect((await migrationsOf('analyzer')).length).toBeGreaterThan(3);
    const wanted = [topics.signals.name, topics.opportunities.name, deadLetterTopicOf(topics.signals.name, 'analyzer')];
    // A broker hears of a topic a moment after another one has made it.
    await eventually(async () => expect(await withAdmin((admin) => admin.listTopics())).toEqual(expect.arrayContaining(wanted)));
  }, 120_000);

  it('changes nothing where all is there', async () => {
    const before = await migrationsOf('analyzer');
    expect(await migrate('analyzer')).toMatchObject({ code: 0 });
    expect(await migrationsOf('analyzer')).toEqual(before);
  }, 120_000);

  it.each(['gateway', 'signal-detector'])('makes the topics of %s, which has no schema', async (app) => {
    expect(await migrate(app)).toMatchObject({ code: 0, said: expect.stringContaining('"schema":false') });
  }, 120_000);

  it('ends with an error that names what is away', async () => {
    const { code, said } = await migrate('analyzer', { DATABASE_URL: `postgresql://ratchet:ratchet@${NOBODY}/ratchet` });
    expect({ code, said }).toMatchObject({ code: 1, said: expect.stringMatching(/ECONNREFUSED.*the service could not start/su) });
    expect(await migrate('analyzer', { KAFKA_BROKERS: 'no broker' })).toMatchObject({ code: 2, said: expect.stringContaining('KAFKA_BROKERS') });
  }, 120_000);
});
