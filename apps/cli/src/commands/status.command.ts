import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type CommandIo, EXIT } from '../command-module.js';
import { readDeadLetterCounts } from '../dead-letters/dead-letter-list.js';
import { consoleTokenFile } from '../stack/console-token.js';
import { defaultDataDirs, kafkaSettingsOf, withKafka, withKafkaOptions } from '../stack/kafka-access.js';
import type { KafkaOptions } from '../stack/kafka-access.js';
import { readRouting } from '../stack/read-routing.js';
import { readRunning } from '../stack/running.js';
import type { Running } from '../stack/running.js';
import { readGroups } from '@ratchet/kafka';
import { readHealth } from '../status/service-health.js';
import { describeStatus, faultsOf } from '../status/status-report.js';
import type { StatusReport } from '../status/status-report.js';

/** The services of this machine, where it is their Kafka that is asked about. */
const runningServices = async (options: KafkaOptions, brokers: readonly string[]): Promise<{ running: Running; folder: string } | undefined> => {
  for (const folder of options.dataDir ? [resolve(options.dataDir)] : defaultDataDirs()) {
    const running = await readRunning(folder);
    if (running && running.kafkaBrokers.some((address) => brokers.includes(address))) return { running, folder };
  }
  return undefined;
};

const readStatus = async (options: KafkaOptions): Promise<StatusReport> => {
  const { brokers } = await kafkaSettingsOf(options);
  const here = await runningServices(options, brokers);
  const running = here?.running;
  const tokenFile = here && consoleTokenFile(here.folder);
  const services = running ? await readHealth(running) : [];
  return withKafka(options, async (kafka) => {
    const groups = await readGroups(kafka);
    const deadLetters = await readDeadLetterCounts(kafka);
    const routing = await readRouting(kafka);
    const console = running?.services['console']?.url;
    return { ok: faultsOf({ services, groups }).length === 0, kafkaBrokers: brokers, ...(console !== undefined && { console }), ...(tokenFile !== undefined && { consoleTokenFile: tokenFile }), services, groups, deadLetters, routing };
  });
};

/** `ratchet status`: services, lag, dead letters and routing. */
export const register = (command: Command, io: CommandIo): void => {
  withKafkaOptions(command)
    .option('--json', 'one line of JSON')
    .addHelpText('after', '\nExit code: 0 everything is up, 1 something is down, 2 bad usage, or no Kafka to ask.')
    .action(async ({ json, ...options }: KafkaOptions & { json?: boolean }) => {
      const report = await readStatus(options);
      io.stdout.write(`${json ? JSON.stringify(report) : describeStatus(report)}\n`);
      io.exitCode = report.ok ? EXIT.done : EXIT.failed;
    });
};
