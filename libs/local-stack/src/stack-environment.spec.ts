import { describe, expect, it } from '@jest/globals';

import { readStackEnvironment, type Env } from './stack-environment.js';

function refusal(env: Env): string {
  try {
    readStackEnvironment(env);
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}

describe('the environment of the stack', () => {
  it('takes several brokers, with or without spaces', () => {
    expect(readStackEnvironment({ KAFKA_BROKERS: 'a:9092, [::1]:9093,' }).kafkaBrokers).toEqual(['a:9092', '[::1]:9093']);
  });

  it('takes an empty variable for an unset one', () => {
    const read = readStackEnvironment({ KAFKA_BROKERS: '', DATABASE_URL: ' ', RATCHET_STACK: '', RATCHET_KAFKA_PORT: '', RATCHET_POSTGRES_PROGRAMS: '' });
    expect(Object.values(read)).toEqual(Array(6).fill(undefined));
  });

  it('reads ports', () => {
    const read = readStackEnvironment({ RATCHET_KAFKA_PORT: '19092', RATCHET_POSTGRES_PORT: '65535' });
    expect(read).toMatchObject({ kafkaPort: 19_092, postgresPort: 65_535 });
  });

  it.each(['0', '65536', '-1', '9092.5', '1e3', 'kafka'])('refuses the port %s', (port) => {
    expect(refusal({ RATCHET_KAFKA_PORT: port })).toBe('RATCHET_KAFKA_PORT must be a port from 1 to 65535.');
  });

  it('names every bad variable at once, and no value', () => {
    const message = refusal({ KAFKA_BROKERS: 'secret', DATABASE_URL: 'mysql://root:secret@db', RATCHET_STACK: 'secret' });
    expect(message).toMatch(/KAFKA_BROKERS.*DATABASE_URL.*RATCHET_STACK/);
    expect(message).not.toContain('secret');
  });

  it('takes the programs of PostgreSQL from an absolute folder only', () => {
    expect(readStackEnvironment({ RATCHET_POSTGRES_PROGRAMS: '/usr/lib/postgresql/15' }).postgresPrograms).toBe('/usr/lib/postgresql/15');
    expect(refusal({ RATCHET_POSTGRES_PROGRAMS: 'postgresql/15' })).toBe('RATCHET_POSTGRES_PROGRAMS must be the absolute path of a folder.');
  });

  it('refuses one port for both services', () => {
    expect(refusal({ RATCHET_KAFKA_PORT: '19092', RATCHET_POSTGRES_PORT: '19092' })).toMatch(/must differ/);
  });
});
