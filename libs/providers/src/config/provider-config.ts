import { z } from 'zod';

const fields = {
  /** Up to and including `/v1`; a query (Azure's `?api-version=`) is kept. */
  baseUrl: z.url({ protocol: /^https?$/, error: 'give an http or https URL such as https://api.openai.com/v1' }),
  apiKey: z.string().min(1).optional(),
  timeoutMs: z.number().int().positive().default(30_000),
  maxConcurrency: z.number().int().positive().default(64),
  /** Calls that may wait for a place, more are refused at once; without it the caller's own bounds are the only ones (the gateway sets one for all). */
  maxQueue: z.number().int().min(0).optional(),
  /** Of a stream: from the call to its first bytes; without it only `timeoutMs` holds. */
  firstPieceTimeoutMs: z.number().int().positive().optional(),
  /** Of a stream: from one piece to the next; 10,000 where absent. */
  pieceTimeoutMs: z.number().int().positive().optional(),
  /** Holds for what nobody waits for, the teacher's calls: they are spaced evenly. */
  requestsPerMinute: z.number().positive().optional(),
  /** Tries of one call that nobody waits for; 4 where absent. */
  attempts: z.number().int().min(1).max(10).optional(),
  /** Whose hyperparameters a fine-tuning job is sent; without it, by the provider's name (`trainerOf`). */
  trainer: z.enum(['embedded', 'openai']).optional(),
};

const nameSchema = z.string().min(1).max(200);

/** One model provider: everything that generates, embeds or fine-tunes is reached at its base URL. */
export const providerConfigSchema = z.strictObject({ name: nameSchema, ...fields });
export type ProviderConfig = z.infer<typeof providerConfigSchema>;

const listSchema = z.array(providerConfigSchema);
const mapSchema = z.record(nameSchema, z.strictObject(fields));

/** A provider configuration that cannot be used; the message names the field and the rule, never a value. */
export class ProviderConfigError extends Error {
  override readonly name = 'ProviderConfigError';
  readonly code = 'provider_config_invalid';
}

const shape = 'Write PROVIDERS as [{"name": "embedded", "baseUrl": "http://localhost:8090/v1"}] or {"embedded": {"baseUrl": "..."}}.';

/**
 * Reads the variable PROVIDERS: a JSON array of providers, or an object from name to provider. An empty text is no provider.
 * `timeoutMs` (30,000) limits one whole call, `firstPieceTimeoutMs` (none) and `pieceTimeoutMs` (10,000) the silence of a stream, `maxConcurrency` (64) the calls
 * in flight from this process, `maxQueue` those that wait to be;
 * `requestsPerMinute` (none) and `attempts` (4) hold for calls to a teacher. `trainer` says whose hyperparameters fine-tuning jobs are sent: `embedded`, the
 * default of a provider of that name, or `openai`, the default of all others.
 *
 * @throws {ProviderConfigError} where the text is not JSON, a field breaks its rule, or a name comes twice
 */
export const parseProviders = (json: string): ProviderConfig[] => {
  if (json.trim() === '') return [];
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new ProviderConfigError(`PROVIDERS is not JSON. ${shape}`);
  }
  const configs = Array.isArray(value) ? check(listSchema, value) : Object.entries(check(mapSchema, value)).map(([name, config]) => ({ name, ...config }));
  const names = new Set<string>();
  for (const { name } of configs) {
    if (names.has(name)) throw new ProviderConfigError(`PROVIDERS names ${JSON.stringify(name)} twice; give each provider its own name.`);
    names.add(name);
  }
  return configs;
};

const check = <Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'PROVIDERS'}: ${message}`);
  throw new ProviderConfigError(`PROVIDERS cannot be used: ${problems.join('; ')}. ${shape}`);
};
