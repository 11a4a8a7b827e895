import { join } from 'node:path';

/** The absolute paths of an embedded Kafka's files. */
export interface KafkaFiles {
  readonly folder: string;
  /** The data. */
  readonly logDir: string;
  readonly serverProperties: string;
  readonly log4j2: string;
  /** What the broker reports about itself. */
  readonly report: string;
  /** What its virtual machine prints. */
  readonly console: string;
  /** Exists once the broker was started on this data. */
  readonly startedBefore: string;
}

/** Where the embedded Kafka of a data folder keeps its files. */
export function kafkaFilesOf(dataDir: string): KafkaFiles {
  const folder = join(dataDir, 'kafka');
  return {
    folder,
    logDir: join(folder, 'log'),
    serverProperties: join(folder, 'server.properties'),
    log4j2: join(folder, 'log4j2.xml'),
    report: join(folder, 'kafka.log'),
    console: join(folder, 'console.log'),
    startedBefore: join(folder, 'started-before'),
  };
}
