import { loadConfig } from './config.js';
import { createApp } from './create-app.js';

const log = (fields: Record<string, unknown>): void => void process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), service: 'model-server', ...fields })}\n`);

try {
  const config = loadConfig(process.env);
  const app = await createApp({ config });
  await app.listen(config.port, config.host);
  log({ level: 'info', message: 'listening', url: await app.getUrl() });
} catch (error) {
  log({ level: 'fatal', message: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
