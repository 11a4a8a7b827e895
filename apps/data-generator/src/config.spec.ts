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

  it('takes a budget only with the price of what is bought', () => {
    const teacher = { ...env, PROVIDERS: '{"a": {"baseUrl": "http://a/v1"}}', TEACHER_PROVIDER: 'a', TEACHER_MODEL: 'm' };
    expect(() => loadConfig({ ...teacher, BUDGET_RUN_USD: '1' })).toThrow('TEACHER_PRICE_INPUT');
    expect(loadConfig({ ...teacher, BUDGET_RUN_USD: '1', TEACHER_PRICE_INPUT: '3', TEACHER_PRICE_OUTPUT: '15' }).BUDGET_RUN_USD).toBe(1);
    expect(loadConfig(teacher).BUDGET_MONTH_USD).toBeUndefined();
  });

  it('takes review rules in part, and names what is wrong with them by field alone', () => {
    expect(loadConfig({ ...env, REVIEW_RULES: '{"settleMs": 5}' }).REVIEW_RULES).toMatchObject({ settleMs: 5, waitingPerTargetMax: 2_000, secondReviewShare: 0.1, prior: { approved: 4, rejected: 1 } });
    expect(() => loadConfig({ ...env, REVIEW_RULES: '{"settleMs": "hidden"}' })).toThrow(/REVIEW_RULES\.settleMs/);
    for (const text of ['{"settleMs": "hidden"}', 'hidden']) expect(() => loadConfig({ ...env, REVIEW_RULES: text })).not.toThrow(/hidden/);
  });

  it('switches the spreading of corrections off', () => {
    expect(loadConfig({ ...env, SPREAD_CORRECTIONS: 'false' }).SPREAD_CORRECTIONS).toBe(false);
  });
});
