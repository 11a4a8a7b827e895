import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadConfig } from './config.js';

const env = { KAFKA_BROKERS: 'localhost:9092', DATABASE_URL: 'postgres://localhost/ratchet' };

describe('loadConfig', () => {
  it('has the documented defaults', () => {
    const config = loadConfig(env);
    expect(config).toMatchObject({ MAX_FAILURES: 20_000, MIN_CLUSTER_SIZE: 5, CLUSTER_K_MAX: 10 });
    expect(config.ANALYSIS_EVERY_MS ?? config.embeddings).toBeUndefined();
  });

  it('finds the embedding provider by name, and says which names there are where it does not', () => {
    const PROVIDERS = '[{"name": "embedded", "baseUrl": "http://localhost:8090/v1"}]';
    expect(loadConfig({ ...env, PROVIDERS, EMBEDDINGS_PROVIDER: 'embedded', EMBEDDINGS_MODEL: 'minilm' }).embeddings?.provider.name).toBe('embedded');
    expect(() => loadConfig({ ...env, PROVIDERS, EMBEDDINGS_PROVIDER: 'other', EMBEDDINGS_MODEL: 'minilm' })).toThrow('it has embedded');
  });

  it('reads schedules of workloads, and refuses what is none', () => {
    expect(loadConfig({ ...env, ANALYSIS_CRON_WORKLOADS: '{"support": "0 */6 * * *"}' }).ANALYSIS_CRON_WORKLOADS).toEqual({ support: '0 */6 * * *' });
    expect(loadConfig(env).ANALYSIS_CRON_WORKLOADS).toEqual({});
    expect(() => loadConfig({ ...env, ANALYSIS_CRON_WORKLOADS: '{"support": "daily"}' })).toThrow('five fields');
    expect(() => loadConfig({ ...env, ANALYSIS_CRON_WORKLOADS: 'support' })).toThrow('not JSON');
    expect(() => loadConfig({ ...env, ANALYSIS_CRON: 'every monday' })).toThrow('five fields');
  });

  it('reads the judge of root causes, and says what is wrong with it by name', () => {
    const PROVIDERS = '[{"name": "large", "baseUrl": "http://localhost:8090/v1"}]';
    const price = { inputUsdPerMillionTokens: 1, outputUsdPerMillionTokens: 2 };
    const judge = (value: object): string => JSON.stringify(value);
    expect(loadConfig(env).judge).toBeUndefined();
    const config = loadConfig({ ...env, PROVIDERS, DIAGNOSIS_JUDGE: judge({ provider: 'large', model: 'm', price }) });
    expect([config.judge?.model, config.DIAGNOSIS_JUDGE?.costPerAnalysisUsdMax]).toEqual(['m', 1]);
    expect(() => loadConfig({ ...env, PROVIDERS, DIAGNOSIS_JUDGE: judge({ provider: 'other', model: 'm', price }) })).toThrow('it has large');
    expect(() => loadConfig({ ...env, PROVIDERS, DIAGNOSIS_JUDGE: judge({ provider: 'large', model: 'm' }) })).toThrow(/DIAGNOSIS_JUDGE.*price/su);
    expect(() => loadConfig({ ...env, PROVIDERS, DIAGNOSIS_JUDGE: '{' })).toThrow(/DIAGNOSIS_JUDGE.*not JSON/su);
  });

  it('wants provider and model together', () => {
    expect(() => loadConfig({ ...env, EMBEDDINGS_PROVIDER: 'embedded' })).toThrow('set EMBEDDINGS_PROVIDER and EMBEDDINGS_MODEL together');
  });

  it('puts a team\'s own strategies before the shipped ones, and says what is wrong with a file that cannot be used', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ratchet-strategies-'));
    const file = join(folder, 'own.json');
    writeFileSync(file, JSON.stringify([{ strategyId: 'ours', fixType: 'safety_threshold', summary: 'By a little.', patch: { kind: 'safety_threshold', step: 0.03 } }]));
    const shipped = loadConfig(env).strategies;
    expect(loadConfig({ ...env, STRATEGIES_FILE: file }).strategies.map(({ strategyId }) => strategyId)).toEqual(['ours', ...shipped.map(({ strategyId }) => strategyId)]);
    writeFileSync(file, '[{"strategyId": "ours"}]');
    expect(() => loadConfig({ ...env, STRATEGIES_FILE: file })).toThrow(/STRATEGIES_FILE: .*own\.json.*0\.fixType/su);
    expect(() => loadConfig({ ...env, STRATEGIES_FILE: join(folder, 'none.json') })).toThrow(/STRATEGIES_FILE: it cannot be read/u);
    rmSync(folder, { recursive: true });
  });

  it('takes some weights of the reward and keeps the others, and refuses what is no weight', () => {
    expect(loadConfig({ ...env, STRATEGY_REWARD: '{"cost": 0.5}' }).STRATEGY_REWARD).toMatchObject({ cost: 0.5, promotion: 0.6, fullGain: 0.2 });
    for (const bad of ['nonsense', '{"cost": -1}', '{"price": 1}', '{"promotion":0,"gain":0,"cost":0,"time":0}', '{"nearMiss": 2}']) expect(() => loadConfig({ ...env, STRATEGY_REWARD: bad })).toThrow(/STRATEGY_REWARD/u);
  });

  it('wants the teacher\'s provider and model together, and finds it by name', () => {
    const PROVIDERS = '[{"name": "strong", "baseUrl": "http://localhost:1/v1"}]';
    expect(loadConfig({ ...env, PROVIDERS, TEACHER_PROVIDER: 'strong', TEACHER_MODEL: 'm' }).teacher?.model).toBe('m');
    expect(() => loadConfig({ ...env, PROVIDERS, TEACHER_PROVIDER: 'strong' })).toThrow('set TEACHER_PROVIDER and TEACHER_MODEL together');
  });
});
