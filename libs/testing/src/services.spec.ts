import { describe, expect, it } from '@jest/globals';
import { databaseUrl, kafkaBrokers } from './services.js';

describe('the addresses of the services', () => {
  it('come from the environment, brokers as a list', () => {
    expect(kafkaBrokers({ KAFKA_BROKERS: 'a:1, b:2,' })).toEqual(['a:1', 'b:2']);
    expect(databaseUrl({ DATABASE_URL: 'postgres://x/y' })).toBe('postgres://x/y');
  });

  it('say how to get a stack where they are missing', () => {
    expect(() => kafkaBrokers({})).toThrow(/KAFKA_BROKERS is not set: run `npm test`.*npx ratchet up/);
    expect(() => databaseUrl({ DATABASE_URL: '  ' })).toThrow(/DATABASE_URL is not set: run `npm test`.*npx ratchet up/);
  });
});
