// Goal: what MLflow shows is the registry, also after repeats and interruptions. Method: a double of the part of its REST API that is used; `npm run verify -- mlflow` has the real one.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@ratchet/contracts';
import { MlflowClient } from './mlflow-client.js';
import { MlflowDouble } from './mlflow-double.js';
import { exportModel } from './mlflow-export.js';
import { mlflowModels, mlflowNameOf } from './mlflow-records.js';
import { history, judged, registered, routing, started } from './sample-versions.js';
import { VersionLog } from './version-log.js';

let mlflow: MlflowDouble;
beforeEach(async () => {
  mlflow = await MlflowDouble.start();
});
afterEach(() => mlflow.stop());

const modelsOf = (events: readonly EventEnvelope[]) => {
  const log = new VersionLog();
  for (const event of events) log.take(event);
  return mlflowModels(log.list());
};
const send = async (events: readonly EventEnvelope[], env: Record<string, string> = {}): Promise<number> => {
  const client = new MlflowClient(mlflow.url, env);
  for (const model of modelsOf(events)) await exportModel(client, model);
  return client.changes;
};

describe('the export to MLflow', () => {
  it('makes a registered model with versions, runs and aliases', async () => {
    await send(history());
    expect(mlflow.aliases('assistant--default')).toEqual({ champion: 'v2', candidate: 'v3' });
    expect(mlflow.version('v2')).toMatchObject({
      source: 'ratchet://embedded/support%402',
      tags: { 'ratchet.parent': 'v1', 'ratchet.cycle': 'c1', 'ratchet.datasets': 'd1', 'ratchet.data_hash': 'abc', 'ratchet.gates': 'passed', 'ratchet.gate.safety_pass': 'passed', 'ratchet.made_by': 'trained by command' },
      run: { status: 'FINISHED', params: { recipe: 'gentle', seed: '7' }, metrics: { loss: 0.5, cost_usd: 0.25, training_seconds: 2, 'gate.safety_pass': 0.9995 } },
    });
  });

  it('changes nothing the second time', async () => {
    expect(await send(history())).toBeGreaterThan(0);
    const state = mlflow.state();
    expect(await send(history())).toBe(0);
    expect(mlflow.state()).toEqual(state);
  });

  it('brings only what is new: a verdict, and aliases that moved', async () => {
    await send([started('c1'), ...history().slice(0, 4)]);
    await send([...history(), judged('c1', 'v2', 'failed'), routing(2, 'v1')]);
    expect(mlflow.aliases('assistant--default')).toEqual({ champion: 'v1' });
    expect(mlflow.version('v2').tags['ratchet.gates']).toBe('failed');
    expect(mlflow.state().versions).toHaveLength(3);
  });

  it.each([3, 4, 5, 6, 7, 8])('goes on where it was interrupted, at change %s, and doubles nothing', async (change) => {
    mlflow.failAtChange(change);
    await expect(send(history())).rejects.toThrow('MLflow refused');
    await send(history());
    expect(mlflow.state().versions.map(({ tags }) => tags['ratchet.version'])).toEqual(['v1', 'v2', 'v3']);
    expect(mlflow.state().runs).toHaveLength(3);
    expect(await send(history())).toBe(0);
  });

  it('authenticates as the environment says, and takes no password in the address', async () => {
    await send(history(), { MLFLOW_TRACKING_TOKEN: 'secret' });
    expect(mlflow.authorization).toBe('Bearer secret');
    expect(() => new MlflowClient('http://me:secret@localhost:1')).toThrow(/^give name and password in MLFLOW/u);
  });
});

describe('texts of people and models', () => {
  it('are bounded, and hold no control characters', () => {
    const hostile = `\u0000\u001b[2J${'x'.repeat(100_000)}`;
    const many = Array.from({ length: 5_000 }, (_, i) => `dataset-${i}`);
    const config = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`bad key ${i}: ${hostile}`.slice(0, 400), hostile]));
    const [model] = modelsOf([...history().slice(0, 1), started('c1', { triggerReason: hostile }), ...history().slice(2, 3), registered('c1', 'v2', { datasetIds: many, trainingConfig: config, backend: 'command' })]);
    const version = model?.versions[1];
    for (const value of Object.values(version?.tags ?? {})) expect(value.length).toBeLessThanOrEqual(4_000);
    for (const value of [...Object.values(version?.tags ?? {}), ...Object.entries(version?.params ?? {}).flat()]) expect(value).not.toMatch(/\p{Cc}/u);
    for (const [key, value] of Object.entries(version?.params ?? {})) expect([key.length <= 250, value.length <= 250, /^[\w.-]+$/u.test(key)]).toEqual([true, true, true]);
    expect(Object.keys(version?.params ?? {})).toHaveLength(50);
    expect(version?.tags['ratchet.datasets']).toMatch(/, and \d+ more$/u);
  });

  it('make names that MLflow takes, and never the same one of two targets', () => {
    const names = [['a', 'b'], ['a/b', 'c'], ['a_b', 'c'], ['a', 'b--c'], ['a--b', 'c'], ['a:b', 'c']].map(([model = '', workload = '']) => mlflowNameOf({ model, workload }));
    expect(names[0]).toBe('a--b');
    expect(new Set(names).size).toBe(6);
    for (const name of names) expect(name).toMatch(/^[\w.-]+$/u);
  });
});
