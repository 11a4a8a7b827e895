import { loadConfig } from './config.js';
import { createApp } from './create-app.js';
import { Sentences } from './serving/sentences.js';

const log = (fields: Record<string, unknown>): void => void process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), service: 'model-server', ...fields })}\n`);

/** Below the 30 s that an orchestrator gives. */
const STOP_WITHIN_MS = 25_000;

/** Nest's own hooks end the process by the signal once all is closed, which looks like a crash to whoever reads its exit code. */
const stopOnSignals = (close: () => Promise<void>): void => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log({ level: 'info', message: 'stopping', signal });
      setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
      close().then(
        () => process.exit(0),
        (error: unknown) => {
          log({ level: 'fatal', message: error instanceof Error ? error.message : String(error) });
          process.exit(1);
        },
      );
    });
  }
};

try {
  const config = loadConfig(process.env);
  const app = await createApp({ config });
  const encoder = app.get(Sentences).encoder;
  log(encoder === null ? { level: 'warn', message: 'no sentence encoder: models are trained on n-grams alone; name the folder of its files in MODEL_SERVER_ENCODER_DIR' } : { level: 'info', message: 'sentence encoder loaded', encoder: encoder.id });
  stopOnSignals(() => app.close());
  await app.listen(config.port, config.host);
  log({ level: 'info', message: 'listening', url: await app.getUrl() });
} catch (error) {
  log({ level: 'fatal', message: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
