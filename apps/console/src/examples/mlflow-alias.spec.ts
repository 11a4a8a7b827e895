// docs/examples/consumers/mlflow-alias.mjs with a server that keeps what MLflow would. `npm run verify -- consumers` runs it against a real one.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadExample } from './spec-support/load-example.js';
import { promotedEvent, rolledBackEvent } from './spec-support/promotion-events.js';

type Example = { setAlias: (settings: { mlflow: string; alias?: string }, event: object) => Promise<string> };
const { setAlias } = await loadExample<Example>('mlflow-alias.mjs');

interface Registered {
  readonly name: string;
  readonly tags: { key: string; value: string }[];
  readonly aliases: { alias: string; version: string }[];
  /** Our id of each version, in MLflow's order. */
  readonly versions: string[];
}

let models: Registered[];
let changes: string[];
let refusing: string | undefined;
let server: Server;
let mlflow: string;

const replace = <Row extends object>(rows: Row[], isOld: (row: Row) => boolean, row: Row): void => void rows.splice(0, rows.length, ...rows.filter((one) => !isOld(one)), row);

const answer = (path: string, given: Record<string, string>): object => {
  const model = models.find(({ name }) => name === given['name']);
  if (path === 'model-versions/search') {
    const wanted = /^tags\.`ratchet\.version` = '([^']*)'$/u.exec(given['filter'] ?? '')?.[1];
    return { model_versions: models.flatMap(({ name, versions }) => versions.flatMap((id, n) => (id === wanted ? [{ name, version: String(n + 1) }] : []))) };
  }
  if (!model) throw new Error('no such model');
  if (path === 'registered-models/get') return { registered_model: model };
  changes.push(path);
  if (path === 'registered-models/alias') replace(model.aliases, ({ alias }) => alias === given['alias'], { alias: given['alias'] ?? '', version: given['version'] ?? '' });
  else replace(model.tags, ({ key }) => key === given['key'], { key: given['key'] ?? '', value: given['value'] ?? '' });
  return {};
};

beforeEach(async () => {
  changes = [];
  refusing = undefined;
  const registered = (name: string, workload: string): Registered => ({ name, tags: [{ key: 'ratchet.model', value: 'assistant' }, { key: 'ratchet.workload', value: workload }], aliases: [], versions: ['v1-aaaaaaaa', 'v2-bbbbbbbb'] });
  // Two targets may begin with the same bundle, and so the same id.
  models = [registered('assistant--sales', 'sales'), registered('assistant--default', 'default')];
  server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    const path = pathname.replace('/api/2.0/mlflow/', '');
    const body = (await request.toArray()).join('');
    if (path === refusing) return void response.writeHead(503).end();
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer(path, request.method === 'GET' ? Object.fromEntries(searchParams) : JSON.parse(body))));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  mlflow = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});
const champions = (): unknown[] => models.map(({ aliases }) => aliases);

describe('setAlias', () => {
  it('names the version that serves, of the right target', async () => {
    expect(await setAlias({ mlflow }, promotedEvent(1))).toBe('champion is version 2 of assistant--default');
    expect(champions()).toEqual([[], [{ alias: 'champion', version: '2' }]]);
    expect(await setAlias({ mlflow }, rolledBackEvent(2))).toBe('champion is version 1 of assistant--default');
    expect(champions()).toEqual([[], [{ alias: 'champion', version: '1' }]]);
  });

  it('does an event once, and nothing for an older one', async () => {
    await setAlias({ mlflow }, rolledBackEvent(2));
    changes = [];
    expect([await setAlias({ mlflow }, rolledBackEvent(2)), await setAlias({ mlflow }, promotedEvent(1))]).toEqual(['done before', 'older than what is there']);
    expect(changes).toEqual([]);
  });

  it('finishes what was cut off after the alias', async () => {
    refusing = 'registered-models/set-tag';
    await expect(setAlias({ mlflow }, promotedEvent(1))).rejects.toThrow('503');
    refusing = undefined;
    expect(await setAlias({ mlflow }, promotedEvent(1))).toBe('nothing to change');
    expect(changes).toEqual(['registered-models/alias', 'registered-models/set-tag', 'registered-models/set-tag']);
    expect(await setAlias({ mlflow }, promotedEvent(1))).toBe('done before');
  });

  it('says that a version is not there yet, so that it is tried again, and searches for no odd one', async () => {
    await expect(setAlias({ mlflow }, promotedEvent(1, { version: 'v9-cccccccc' }))).rejects.toThrow('has no version v9-cccccccc');
    await expect(setAlias({ mlflow }, promotedEvent(1, { version: "v2' or name like '%" }))).rejects.toThrow('characters');
    expect(changes).toEqual([]);
  });
});
