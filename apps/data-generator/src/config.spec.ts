import { describe, expect, it } from '@jest/globals';
import { loadConfig } from './config.js';

const env = { KAFKA_BROKERS: 'localhost:9092', DATABASE_URL: 'postgres://localhost/ratchet' };

describe('loadConfig', () => {
  it('lets three users agree by default, and needs no teacher', () => {
    const config = loadConfig(env);
    expect(config).toMatchObject({ REVIEW_MODE: 'agreement', REVIEW_AGREEING_USERS: 3, REVIEW_MIN_AGREEMENT: 0.6, SPREAD_CORRECTIONS: true });
    expect(config.teacher).toBeUndefined();
  });

  it('refuses a teacher at an unknown provider, and shows no value of PROVIDERS', () => {
    expect(() => loadConfig({ ...env, TEACHER_PROVIDER: 'strong', TEACHER_MODEL: 'm' })).toThrow('PROVIDERS has no provider of this name');
    expect(() => loadConfig({ ...env, PROVIDERS: '{"a": {"baseUrl": "nonsense", "apiKey": "hidden"}}' })).toThrow(/baseUrl/);
    expect(() => loadConfig({ ...env, PROVIDERS: '{"a": {"baseUrl": "nonsense", "apiKey": "hidden"}}' })).not.toThrow(/hidden/);
  });

  it('switches the spreading of corrections off', () => {
    expect(loadConfig({ ...env, SPREAD_CORRECTIONS: 'false' }).SPREAD_CORRECTIONS).toBe(false);
  });
});
