type Env = Readonly<Record<string, string | undefined>>;

const required = (env: Env, name: string): string => {
  const value = env[name]?.trim();
  if (!value) throw new Error(`${name} is not set: run \`npm test\`, which starts Kafka and PostgreSQL, or \`npx ratchet up\` and set what it prints.`);
  return value;
};

/**
 * The brokers that the integration tests use, from `KAFKA_BROKERS`.
 *
 * @throws {Error} saying how to get a stack, where the variable is unset.
 */
export const kafkaBrokers = (env: Env = process.env): string[] =>
  required(env, 'KAFKA_BROKERS')
    .split(',')
    .map((broker) => broker.trim())
    .filter(Boolean);

/**
 * The PostgreSQL server that the integration tests make their databases on, from `DATABASE_URL`.
 *
 * @throws {Error} saying how to get a stack, where the variable is unset.
 */
export const databaseUrl = (env: Env = process.env): string => required(env, 'DATABASE_URL');
