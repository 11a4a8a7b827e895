import { RatchetError } from '@ratchet/observability';
import { z } from 'zod';

const list = z.string().min(1).transform((value) => value.split(',').map((item) => item.trim()).filter(Boolean));
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

/** What every service reads from its environment. */
export const baseConfigSchema = z.object({
  KAFKA_BROKERS: list.describe('Brokers as host:port, separated by commas'),
  KAFKA_SSL: flag.default(false).describe('true to speak TLS to the brokers'),
  KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).optional(),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
  KAFKA_REPLICATION_FACTOR: z.coerce.number().int().min(1).max(10).default(1).describe('Replicas of topics that Ratchet creates'),
  HTTP_HOST: z.string().default('0.0.0.0'),
  HTTP_PORT: z.coerce.number().int().min(0).max(65_535).default(8080).describe('0 chooses a free port'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});
export type BaseConfig = z.infer<typeof baseConfigSchema>;

export const databaseConfigSchema = baseConfigSchema.extend({
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgres://').describe('PostgreSQL; each service owns one schema in it'),
});
export type DatabaseConfig = z.infer<typeof databaseConfigSchema>;

/** Reads a service's configuration; throws once, with every bad variable by its name and rule and never by its value. */
export const loadEnv = <Schema extends z.ZodType>(schema: Schema, env: NodeJS.ProcessEnv): z.infer<Schema> => {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'configuration'}: ${message}`);
  throw new RatchetError({ code: 'bad_configuration', message: `The configuration is not usable:\n  ${problems.join('\n  ')}` });
};
