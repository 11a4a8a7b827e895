import { databaseConfigSchema, loadEnv } from '@ratchet/service';
import { z } from 'zod';

export const configSchema = databaseConfigSchema.extend({
  LIVE_EVENTS_MAX: z.coerce.number().int().min(10).max(10_000).default(200).describe('Newest interactions kept in memory for the live view'),
});
export type Config = z.infer<typeof configSchema>;

export const loadConfig = (env: NodeJS.ProcessEnv): Config => loadEnv(configSchema, env);
