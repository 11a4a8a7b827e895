import { describe, expect, it } from '@jest/globals';
import { loadConfig } from './config.js';

const env = { KAFKA_BROKERS: 'localhost:9092', PROVIDERS: '{"embedded":{"baseUrl":"http://localhost:8090/v1"}}' };

describe('loadConfig', () => {
  it('reads providers and the workloads of models', () => {
    const config = loadConfig({ ...env, MODEL_WORKLOADS: '{"assistant":"support"}' });
    expect(config.PROVIDERS).toMatchObject([{ name: 'embedded', baseUrl: 'http://localhost:8090/v1' }]);
    expect(config.MODEL_WORKLOADS).toEqual({ assistant: 'support' });
    expect(loadConfig(env).MODEL_WORKLOADS).toEqual({});
  });

  it('names every bad variable at once, and never a value', () => {
    const load = (): unknown => loadConfig({ ...env, PROVIDERS: '[{"name":"a","baseUrl":"x","apiKey":"secret-key"}]', MODEL_WORKLOADS: 'no json', SPOOL_BYTES_MAX: '-1' });

    expect(load).toThrow(/SPOOL_BYTES_MAX/u);
    expect(load).toThrow(/MODEL_WORKLOADS: is not JSON/u);
    expect(load).toThrow(/PROVIDERS.*baseUrl/u);
    expect(load).not.toThrow(/secret-key/u);
  });

  it('wants at least one provider', () => {
    expect(() => loadConfig({ ...env, PROVIDERS: '[]' })).toThrow(/PROVIDERS: name at least one provider/u);
  });
});
