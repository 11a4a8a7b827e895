import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { javaArguments, renderControllerProperties, renderLog4j2, type KafkaLayout } from './kafka-config.js';
import type { KafkaFiles } from './kafka-files.js';
import { LocalStackError } from './local-stack-error.js';
import { waitUntilReady } from './readiness.js';
import type { Env } from './stack-environment.js';
import { startSupervised, tailOf } from './supervised-process.js';

const activeTimeoutMs = 60_000;
// The old session ends after one second; a broker that was never admitted, or was fenced before, has none to end.
const fenceTimeoutMs = 8_000;
// All it wrote is on disk by then; its own way to end waits seconds for voters that do not exist.
const stopTimeoutMs = 1_000;

const becameActive = /Becoming the active controller/;
const fencedBroker = /Fencing broker 1 /;

/** Whether the broker was started before and did not end in order: it leaves a mark when it does, and takes it at start. */
export function endedUncleanly(files: KafkaFiles): boolean {
  return existsSync(files.startedBefore) && !existsSync(join(files.logDir, '.kafka_cleanshutdown'));
}

/**
 * After a crash, has the controller note that the broker is gone, before the broker comes back.
 *
 * A single node that was killed finds itself registered as alive when it starts. Until that old session times out, it
 * may not register anew, yet acts as transaction coordinator already; when the session ends, no partition has a leader
 * for a moment, which the coordinator takes for a deleted topic: it drops the commit markers that it had still to write
 * and calls the transactions complete. Committed records then stay hidden from `read_committed` consumers, and so does
 * all that follows them (seen with Kafka 4.4.0, by killing the broker right after a commit). Where the old session has
 * ended before the broker starts, it registers at once and writes the markers.
 */
export async function fenceAfterCrash(input: {
  files: KafkaFiles;
  layout: KafkaLayout;
  javaCommand: string;
  jarFolder: string;
  env: Env;
  onProgress: (step: string) => void;
}): Promise<void> {
  const { files, layout, javaCommand, jarFolder, env, onProgress } = input;
  if (!endedUncleanly(files)) return;
  onProgress('Recovering Apache Kafka, which did not end in order');
  const properties = join(files.folder, 'recovery.properties');
  const log4j2File = join(files.folder, 'recovery-log4j2.xml');
  const reportFile = join(files.folder, 'recovery.log');
  await writeFile(properties, renderControllerProperties(layout));
  await writeFile(log4j2File, renderLog4j2({ ...layout, reportFile }));
  await writeFile(reportFile, '');
  const controller = await startSupervised({
    env,
    order: {
      command: javaCommand,
      args: [...javaArguments({ jarFolder, log4j2File }), 'kafka.Kafka', properties],
      cwd: files.folder,
      logFile: files.console,
      stopSignal: 'SIGTERM',
      stopTimeoutMs,
    },
  });
  try {
    const waiting = { service: "Kafka's controller", ended: controller.ended };
    const advice = async (): Promise<string> => `Its log is ${reportFile}. The last lines:\n${await tailOf(reportFile)}`;
    const said = (line: RegExp) => async (): Promise<void> => {
      if (!line.test(await readFile(reportFile, 'utf8'))) throw new Error('it has not taken over yet');
    };
    await waitUntilReady({ ...waiting, advice, check: said(becameActive), timeoutMs: activeTimeoutMs });
    await waitUntilReady({ ...waiting, advice, check: said(fencedBroker), timeoutMs: fenceTimeoutMs }).catch(
      (error: unknown) => {
        if (!(error instanceof LocalStackError) || error.code !== 'not_reachable') throw error;
      },
    );
  } finally {
    await controller.stop();
  }
}
