import { describe, expect, it } from '@jest/globals';
import { databaseConfigSchema, loadEnv } from './config.js';

describe('loadEnv', () => {
  it('reads lists, numbers and defaults', () => {
    const config = loadEnv(databaseConfigSchema, { KAFKA_BROKERS: 'a:1, b:2', DATABASE_URL: 'postgres://x', HTTP_PORT: '0' });
    expect(config).toMatchObject({ KAFKA_BROKERS: ['a:1', 'b:2'], HTTP_PORT: 0, KAFKA_SSL: false, LOG_LEVEL: 'info' });
  });

  it.each(['no broker', 'kafka', 'kafka:0', 'kafka:70000', 'kafka:9092,other', ',', 'kafka://kafka:9092', 'kafka:9092/x'])('refuses %j as brokers, and says how they are named', (given) => {
    expect(() => loadEnv(databaseConfigSchema, { KAFKA_BROKERS: given, DATABASE_URL: 'postgres://x' })).toThrow(/KAFKA_BROKERS.*host:port/s);
  });

  it('takes brokers by name, address and IPv6', () => {
    expect(loadEnv(databaseConfigSchema, { KAFKA_BROKERS: 'kafka-0.kafka:9092,10.0.0.1:9093,[::1]:9094', DATABASE_URL: 'postgres://x' }).KAFKA_BROKERS).toHaveLength(3);
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

  it('says what to set where the security settings do not go together, in schemas built on this one, too', () => {
    const read = (env: Record<string, string>) => (): unknown => loadEnv(databaseConfigSchema.extend({}), { KAFKA_BROKERS: 'a:1', DATABASE_URL: 'postgres://x', ...env });
    expect(read({ KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_PASSWORD: 'secret' })).toThrow(/KAFKA_SASL_USERNAME: is missing/);
    expect(read({ KAFKA_SSL_CA: '/ca.pem' })).toThrow(/KAFKA_SSL_CA: .*set KAFKA_SSL=true/);
    expect(read({ KAFKA_SASL_MECHANISM: 'scram-sha-256', KAFKA_SASL_USERNAME: 'ratchet', KAFKA_SASL_PASSWORD: 'secret' })).not.toThrow();
  });
});
