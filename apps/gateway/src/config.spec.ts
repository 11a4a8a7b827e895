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

  it('reads what is recorded, which metrics there are, and whose pages may send feedback', () => {
    const config = loadConfig({
      ...env,
      PRIVACY: '{"redact": ["email"], "workloads": {"support": {"content": "none"}}}',
      FEEDBACK_METRICS: '{"solved": {"type": "boolean", "better": "up"}}',
      FEEDBACK_ORIGINS: 'https://shop.example, http://localhost:3000',
    });
    expect(config.PRIVACY).toMatchObject({ redact: ['email'], content: 'full', recordShare: 1, workloads: { support: { content: 'none' } } });
    expect(config.FEEDBACK_METRICS).toMatchObject({ solved: { better: 'up', strength: 1 } });
    expect(config.FEEDBACK_ORIGINS).toEqual(['https://shop.example', 'http://localhost:3000']);
    expect(loadConfig(env)).toMatchObject({ FEEDBACK_ORIGINS: [], FEEDBACK_METRICS: {}, PRIVACY: { redact: [], recordShare: 1 } });
  });

  it.each([
    ['PRIVACY', '{"redact": ["names"]}'],
    ['PRIVACY', '{"patterns": [{"name": "twice", "pattern": "(a)\\\\1"}]}'],
    ['FEEDBACK_METRICS', '{"thumbs": {"type": "boolean", "better": "up"}}'],
    ['FEEDBACK_ORIGINS', 'https://shop.example/'],
    ['FEEDBACK_ORIGINS', '*'],
  ])('refuses %s=%s', (name, value) => {
    expect(() => loadConfig({ ...env, [name]: value })).toThrow(name);
  });

  it('wants at least one provider', () => {
    expect(() => loadConfig({ ...env, PROVIDERS: '[]' })).toThrow(/PROVIDERS: name at least one provider/u);
  });
});
