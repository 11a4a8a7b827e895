import { saslMechanisms, securityProblems } from '@ratchet/kafka';
import { RatchetError } from '@ratchet/observability';
import { z } from 'zod';

const ADDRESS = /^(?:\[[\da-f:.]+\]|[^\s:/[\]]+):(\d{1,5})$/i;
const isAddress = (text: string): boolean => {
  const port = Number(ADDRESS.exec(text)?.[1]);
  return port >= 1 && port <= 65_535;
};
const brokers = z
  .string()
  .min(1)
  .transform((value) => value.split(',').map((item) => item.trim()).filter(Boolean))
  .refine((addresses) => addresses.length > 0 && addresses.every(isAddress), 'name each broker as host:port, separated by commas');
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

const text = (what: string) => z.string().optional().describe(what);

const kafkaSecurityFields = {
  KAFKA_SSL: flag.default(false).describe('true to speak TLS to the brokers'),
  KAFKA_SSL_CA: text('Path of a PEM file: the authorities that sign brokers\' certificates; those that Node trusts without it'),
  KAFKA_SSL_CERT: text('Path of a PEM file: the client\'s certificate (and its chain), for mutual TLS; with KAFKA_SSL_KEY'),
  KAFKA_SSL_KEY: text('Path of a PEM file: the key of KAFKA_SSL_CERT, without a passphrase'),
  KAFKA_SASL_MECHANISM: z.enum(saslMechanisms).optional().describe('How to say who we are; no SASL without it'),
  KAFKA_SASL_USERNAME: text('For plain and scram'),
  KAFKA_SASL_PASSWORD: text('For plain and scram; or KAFKA_SASL_PASSWORD_FILE'),
  KAFKA_SASL_PASSWORD_FILE: text('Path of a file with the password, such as a mounted secret; read again at each connection'),
  KAFKA_SASL_OAUTH_TOKEN_ENDPOINT: text('For oauthbearer: URL that gives tokens by the client-credentials grant; or KAFKA_SASL_OAUTH_PROVIDER'),
  KAFKA_SASL_OAUTH_CLIENT_ID: text('For KAFKA_SASL_OAUTH_TOKEN_ENDPOINT'),
  KAFKA_SASL_OAUTH_CLIENT_SECRET: text('For KAFKA_SASL_OAUTH_TOKEN_ENDPOINT; or KAFKA_SASL_OAUTH_CLIENT_SECRET_FILE'),
  KAFKA_SASL_OAUTH_CLIENT_SECRET_FILE: text('Path of a file with the client secret; read again for each token'),
  KAFKA_SASL_OAUTH_SCOPE: text('Scope to ask KAFKA_SASL_OAUTH_TOKEN_ENDPOINT for; the endpoint\'s default without'),
  KAFKA_SASL_OAUTH_PROVIDER: text('For oauthbearer: path of a module whose default export is an async function that gives {value}, a token'),
};

/** What every service reads from its environment. */
export const baseConfigSchema = z
  .object({
    KAFKA_BROKERS: brokers.describe('Brokers as host:port, separated by commas'),
    ...kafkaSecurityFields,
    KAFKA_REPLICATION_FACTOR: z.coerce.number().int().min(1).max(10).default(1).describe('Replicas of topics that Ratchet creates'),
    HTTP_HOST: z.string().default('0.0.0.0'),
    HTTP_PORT: z.coerce.number().int().min(0).max(65_535).default(8080).describe('0 chooses a free port'),
    OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional().describe('Base address of an OpenTelemetry receiver that speaks OTLP over HTTP, such as http://collector:4318: traces go there. Off without it'),
    OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1).describe('Share of the traces that begin here and are recorded; what a caller began is recorded where the caller says so'),
    STUCK_AFTER_MINUTES: z.coerce.number().positive().default(60).describe('A batch that neither ends nor fails for so long makes `GET /health/live` fail, so that the service is started again; long calls are jobs, which it does not hold'),
    LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  })
  .superRefine((config, context) => {
    for (const { variable, message } of securityProblems(config)) context.addIssue({ code: 'custom', path: [variable], message });
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
