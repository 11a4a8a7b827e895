import { describe, expect, it } from '@jest/globals';

import { chooseModes, type OwnMode } from './choose-modes.js';
import { readStackEnvironment, type Env } from './stack-environment.js';

async function choose(input: { env?: Env; previous?: { kafka?: OwnMode; postgres?: OwnMode }; engine?: boolean }) {
  let asked = 0;
  const modes = await chooseModes({
    environment: readStackEnvironment(input.env ?? {}),
    previous: input.previous ?? {},
    askEngine: async () => {
      asked += 1;
      return input.engine ?? false;
    },
  });
  return { ...modes, asked };
}

const named = { KAFKA_BROKERS: 'kafka:9092', DATABASE_URL: 'postgres://db/ratchet' };

describe('where Kafka and PostgreSQL come from', () => {
  it('takes what the environment names before anything else, and asks no engine', async () => {
    const previous = { kafka: 'compose', postgres: 'embedded' } as const;
    expect(await choose({ env: { ...named, RATCHET_STACK: 'compose' }, previous, engine: true })).toEqual({
      kafka: 'environment',
      postgres: 'environment',
      asked: 0,
    });
  });

  it('takes each from the environment on its own', async () => {
    const { KAFKA_BROKERS, DATABASE_URL } = named;
    expect(await choose({ env: { KAFKA_BROKERS } })).toMatchObject({ kafka: 'environment', postgres: 'embedded' });
    expect(await choose({ env: { DATABASE_URL } })).toMatchObject({ kafka: 'embedded', postgres: 'environment' });
  });

  it('takes Docker Compose where an engine answers, and asks it once', async () => {
    expect(await choose({ engine: true })).toEqual({ kafka: 'compose', postgres: 'compose', asked: 1 });
  });

  it('runs them embedded where no engine answers', async () => {
    expect(await choose({ engine: false })).toEqual({ kafka: 'embedded', postgres: 'embedded', asked: 1 });
  });

  it('stays embedded where the data already is, even when an engine answers by now', async () => {
    const previous = { kafka: 'embedded', postgres: 'embedded' } as const;
    expect(await choose({ previous, engine: true })).toEqual({ kafka: 'embedded', postgres: 'embedded', asked: 0 });
  });

  it('refuses to begin anew when the data is in Docker Compose and no engine answers', async () => {
    await expect(choose({ previous: { postgres: 'compose' } })).rejects.toMatchObject({
      code: 'compose_failed',
      message: expect.stringContaining('Start Docker'),
    });
  });

  it('does as RATCHET_STACK says, against what was before', async () => {
    const embedded = await choose({ env: { RATCHET_STACK: 'embedded' }, previous: { kafka: 'compose' }, engine: true });
    expect(embedded).toEqual({ kafka: 'embedded', postgres: 'embedded', asked: 0 });
    const composed = await choose({ env: { RATCHET_STACK: 'compose' }, previous: { kafka: 'embedded' }, engine: true });
    expect(composed).toEqual({ kafka: 'compose', postgres: 'compose', asked: 1 });
  });

  it('fails when RATCHET_STACK asks for Compose and there is none', async () => {
    await expect(choose({ env: { RATCHET_STACK: 'compose' } })).rejects.toThrow(/unset RATCHET_STACK/);
  });
});
