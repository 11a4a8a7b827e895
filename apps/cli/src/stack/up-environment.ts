import { join } from 'node:path';
import type { FleetOptions } from './fleet.js';

/** Where the services of one machine keep files; everything else is their own default, as in production. */
export const upEnvironment = ({ dataDir, encoder, consoleToken }: { dataDir: string; encoder: string | null; consoleToken: string }): NonNullable<FleetOptions['env']> => ({
  'model-server': { MODEL_SERVER_DATA_DIR: join(dataDir, 'model-server'), ...(encoder !== null && { MODEL_SERVER_ENCODER_DIR: encoder }) },
  gateway: { GATEWAY_DATA_DIR: join(dataDir, 'gateway') },
  console: { FIRST_ADMIN_TOKEN: consoleToken },
});

/** A database URL as it may be shown. */
export const withoutPassword = (databaseUrl: string): string => {
  const url = new URL(databaseUrl);
  if (url.password !== '') url.password = '***';
  return url.toString();
};
