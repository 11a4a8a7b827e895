import { isAbsolute } from 'node:path';

import { LocalStackError } from './local-stack-error.js';

/** What the environment says about the stack, checked. */
export interface StackEnvironment {
  /** From `KAFKA_BROKERS`: `host:port`, separated by commas. */
  readonly kafkaBrokers: readonly string[] | undefined;
  /** From `DATABASE_URL`. */
  readonly databaseUrl: string | undefined;
  /** From `RATCHET_STACK`: forces one way where the environment names no address. */
  readonly mode: 'compose' | 'embedded' | undefined;
  /** From `RATCHET_KAFKA_PORT`. */
  readonly kafkaPort: number | undefined;
  /** From `RATCHET_POSTGRES_PORT`. */
  readonly postgresPort: number | undefined;
  /** From `RATCHET_POSTGRES_PROGRAMS`: a folder whose `bin` has the programs of an installed PostgreSQL, for those of the npm package. */
  readonly postgresPrograms: string | undefined;
}

/** The shape of `process.env`. */
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks the variables of the local stack; an empty variable counts as unset.
 *
 * @throws {LocalStackError} `bad_configuration`, naming every bad variable and its rule, never its value.
 */
export function readStackEnvironment(env: Env): StackEnvironment {
  const problems: string[] = [];
  const read = <T>(name: string, rule: string, parse: (value: string) => T | undefined): T | undefined => {
    const value = env[name]?.trim();
    if (!value) return undefined;
    const parsed = parse(value);
    if (parsed === undefined) problems.push(`${name} must be ${rule}`);
    return parsed;
  };
  const environment: StackEnvironment = {
    kafkaBrokers: read('KAFKA_BROKERS', 'host:port, several separated by commas', parseBrokers),
    databaseUrl: read('DATABASE_URL', 'a URL that begins with postgres:// or postgresql://', parseDatabaseUrl),
    mode: read('RATCHET_STACK', 'compose or embedded', (value) =>
      value === 'compose' || value === 'embedded' ? value : undefined,
    ),
    kafkaPort: read('RATCHET_KAFKA_PORT', 'a port from 1 to 65535', parsePort),
    postgresPort: read('RATCHET_POSTGRES_PORT', 'a port from 1 to 65535', parsePort),
    postgresPrograms: read('RATCHET_POSTGRES_PROGRAMS', 'the absolute path of a folder', (value) => (isAbsolute(value) ? value : undefined)),
  };
  if (environment.kafkaPort !== undefined && environment.kafkaPort === environment.postgresPort) {
    problems.push('RATCHET_KAFKA_PORT and RATCHET_POSTGRES_PORT must differ, because both services run on this machine');
  }
  if (problems.length > 0) {
    throw new LocalStackError({ code: 'bad_configuration', message: `${problems.join('; ')}.` });
  }
  return environment;
}

function parsePort(value: string): number | undefined {
  const port = Number(value);
  return /^\d{1,5}$/.test(value) && port >= 1 && port <= 65_535 ? port : undefined;
}

function parseBrokers(value: string): string[] | undefined {
  const brokers = value
    .split(',')
    .map((broker) => broker.trim())
    .filter((broker) => broker !== '');
  const valid = brokers.every((broker) => parsePort(/^.+:(\d+)$/.exec(broker)?.[1] ?? '') !== undefined);
  return brokers.length > 0 && valid ? brokers : undefined;
}

function parseDatabaseUrl(value: string): string | undefined {
  return /^postgres(ql)?:\/\//.test(value) && URL.canParse(value) ? value : undefined;
}
