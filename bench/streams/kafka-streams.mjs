// The reference job on Kafka Streams: fetched by Maven, compiled by javac, run as one Java process.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Child } from '../shared/child.mjs';
import { ensureTopic, INTERACTIONS } from '../shared/cluster.mjs';
import { root, say } from '../shared/report.mjs';
import { measureDrain } from './drain.mjs';

const run = promisify(execFile);
const peer = join(root, 'bench', 'peers', 'kafka-streams');
const built = join(root, '.ratchet', 'bench', 'kafka-streams');
const sources = join(peer, 'src', 'main', 'java', 'ratchet', 'reference');
const HEAP = ['-Xms1g', '-Xmx1g'];

const java = (name) => (process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', name) : name);

/** Fetches and compiles what is not there yet; gives the class path. */
export const buildKafkaStreams = async () => {
  const pom = readFileSync(join(peer, 'pom.xml'), 'utf8');
  const jars = join(built, 'jars');
  const marker = join(jars, 'pom.xml');
  if (!existsSync(marker) || readFileSync(marker, 'utf8') !== pom) {
    say('fetching Kafka Streams by Maven (once, about 100 MB)');
    rmSync(jars, { recursive: true, force: true });
    await run('mvn', ['-B', '-q', '-f', join(peer, 'pom.xml'), 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${jars}`], { maxBuffer: 2 ** 26 });
    writeFileSync(marker, pom);
  }
  const classes = join(built, 'classes');
  rmSync(classes, { recursive: true, force: true });
  mkdirSync(classes, { recursive: true });
  const files = readdirSync(sources).map((file) => join(sources, file));
  await run(java('javac'), ['-d', classes, '-cp', join(jars, '*'), ...files]);
  return [classes, join(jars, '*')].join(':');
};

export const kafkaStreamsVersion = () => /<kafka\.version>([^<]+)</.exec(readFileSync(join(peer, 'pom.xml'), 'utf8'))?.[1];

/** One process with `threads` stream threads, from an empty state to `ends`. */
export const drainWithKafkaStreams = async (cluster, { classPath, threads, ends, output }) => {
  const applicationId = `reference-kafka-streams-${Date.now().toString(36)}`;
  const stateDir = join(cluster.dataDir, applicationId);
  await ensureTopic(cluster.admin, output);
  const child = new Child(java('java'), [...HEAP, '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-cp', classPath, 'ratchet.reference.Main', cluster.brokers.join(','), applicationId, INTERACTIONS, output, String(threads), stateDir]);
  try {
    return await measureDrain({ admin: cluster.admin, groupId: applicationId, children: [child], ends });
  } finally {
    await child.end();
    // The group is left alone: Kafka Streams does not leave it when it stops, so it would be there for the session timeout.
    const internal = (await cluster.admin.listTopics()).filter((name) => name.startsWith(applicationId));
    if (internal.length > 0) await cluster.admin.deleteTopics({ topics: internal });
    rmSync(stateDir, { recursive: true, force: true });
  }
};
