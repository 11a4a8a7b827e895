import { describe, expect, it } from '@jest/globals';
import { databaseConfigSchema, loadEnv } from './config.js';

describe('loadEnv', () => {
  it('reads lists, numbers and defaults', () => {
    const config = loadEnv(databaseConfigSchema, { KAFKA_BROKERS: 'a:1, b:2', DATABASE_URL: 'postgres://x', HTTP_PORT: '0' });
    expect(config).toMatchObject({ KAFKA_BROKERS: ['a:1', 'b:2'], HTTP_PORT: 0, KAFKA_SSL: false, LOG_LEVEL: 'info' });
  });

  it('names every bad variable at once, and never a value', () => {
    const read = (): unknown => loadEnv(databaseConfigSchema, { DATABASE_URL: 'mysql://secret', HTTP_PORT: '70000' });
    expect(read).toThrow(/KAFKA_BROKERS/);
    expect(read).toThrow(/DATABASE_URL: must start with postgres/);
    expect(read).toThrow(/HTTP_PORT/);
    expect(read).not.toThrow(/secret|70000/);
  });

  it('takes an empty variable as one that is not set', () => {
    expect(loadEnv(databaseConfigSchema, { KAFKA_BROKERS: 'a:1', DATABASE_URL: 'postgres://x', HTTP_PORT: '' }).HTTP_PORT).toBe(8080);
  });
});
