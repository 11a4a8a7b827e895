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
    expect(loadConfig({ ...env, ANALYSIS_SCHEDULES: '{"support": "0 */6 * * *"}' }).ANALYSIS_SCHEDULES).toEqual({ support: '0 */6 * * *' });
    expect(loadConfig(env).ANALYSIS_SCHEDULES).toEqual({});
    expect(() => loadConfig({ ...env, ANALYSIS_SCHEDULES: '{"support": "daily"}' })).toThrow('five fields');
    expect(() => loadConfig({ ...env, ANALYSIS_SCHEDULES: 'support' })).toThrow('not JSON');
    expect(() => loadConfig({ ...env, ANALYSIS_CRON: 'every monday' })).toThrow('five fields');
  });

  it('wants provider and model together', () => {
    expect(() => loadConfig({ ...env, EMBEDDINGS_PROVIDER: 'embedded' })).toThrow('set EMBEDDINGS_PROVIDER and EMBEDDINGS_MODEL together');
  });
});
