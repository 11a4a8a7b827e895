import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { LocalStackError } from './local-stack-error.js';
import type { Env } from './stack-environment.js';

const run = promisify(execFile);
const pomFile = fileURLToPath(new URL('../kafka/pom.xml', import.meta.url));
const fetchTimeoutMs = 15 * 60_000;

/** A folder with the jars of one Kafka. */
export interface KafkaJars {
  readonly version: string;
  readonly folder: string;
}

/** The Kafka version that the POM pins. */
export function kafkaVersionOf(pom: string): string {
  const version = /<kafka\.version>([^<]+)<\/kafka\.version>/.exec(pom)?.[1]?.trim();
  if (version === undefined || version === '') {
    throw new LocalStackError({
      code: 'bad_configuration',
      message: `${pomFile} does not name the version of Kafka. Add the property kafka.version.`,
    });
  }
  return version;
}

/**
 * The embedded Kafka's jars, fetched by Maven the first time (about 45 MB).
 *
 * @param cacheDir the jars go to `<cacheDir>/kafka/<version>`, shared by all data folders.
 * @throws {LocalStackError} `maven_missing` or `kafka_fetch_failed`.
 */
export async function provideKafkaJars(input: {
  cacheDir: string;
  env: Env;
  onProgress: (step: string) => void;
}): Promise<KafkaJars> {
  const pom = await readFile(pomFile, 'utf8');
  const version = kafkaVersionOf(pom);
  const folder = join(input.cacheDir, 'kafka', version);
  // The POM's copy is written last of all, so a folder that has it is complete, and belongs to this very POM.
  const fetchedPom = await readFile(join(folder, 'pom.xml'), 'utf8').catch(() => undefined);
  if (fetchedPom === pom) return { version, folder };

  const maven = await findMaven(input.env);
  input.onProgress(`Fetching Apache Kafka ${version} by Maven (once, about 45 MB)`);
  const partial = `${folder}.partial-${process.pid}`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  try {
    const goals = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${partial}`];
    await run(maven, ['-B', '-q', '-f', pomFile, ...goals], {
      env: { ...input.env },
      timeout: fetchTimeoutMs,
      maxBuffer: 64 * 1024 * 1024,
    });
    await copyFile(pomFile, join(partial, 'pom.xml'));
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
  } catch (cause) {
    await rm(partial, { recursive: true, force: true });
    throw fetchFailed({ version, cause });
  }
  return { version, folder };
}

function fetchFailed({ version, cause }: { version: string; cause: unknown }): LocalStackError {
  const { stdout = '', stderr = '' } = cause as { stdout?: string; stderr?: string };
  // Maven says on standard output what is wrong, and repeats it with advice: the first lines are enough.
  const reasons = `${stdout}\n${stderr}`.split('\n').filter((line) => line.includes('ERROR'));
  const reason = reasons.slice(0, 3).join('\n') || String(cause);
  return new LocalStackError({
    code: 'kafka_fetch_failed',
    message: `Maven could not fetch Apache Kafka ${version}. Check the network, or the mirror and proxy in ~/.m2/settings.xml, or set KAFKA_BROKERS to a Kafka that already runs.\n${reason}`,
    cause,
  });
}

/**
 * Finds Maven: `MAVEN_HOME`, else `mvn` of the `PATH`, else one that a project's Maven wrapper installed for this user.
 *
 * @throws {LocalStackError} `maven_missing`, saying what to install or which variable to set.
 */
export async function findMaven(env: Env): Promise<string> {
  const home = env['MAVEN_HOME']?.trim();
  const folders = [...(home ? [join(home, 'bin')] : []), ...(env['PATH'] ?? '').split(delimiter)];
  const candidates = folders.filter((folder) => folder !== '').map((folder) => join(folder, 'mvn'));
  const found = [...candidates, ...(await wrapperInstallations(env))].find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new LocalStackError({
    code: 'maven_missing',
    message:
      'The embedded Kafka is fetched by Maven, and none was found. Install Maven (the package maven) or set MAVEN_HOME to one, or set KAFKA_BROKERS to a Kafka that already runs.',
  });
}

async function wrapperInstallations(env: Env): Promise<string[]> {
  const home = env['MAVEN_USER_HOME'] ?? (env['HOME'] === undefined ? undefined : join(env['HOME'], '.m2'));
  if (home === undefined) return [];
  const root = join(home, 'wrapper', 'dists');
  // A wrapper unpacks to dists/<distribution>/<hash>/, some versions with one more folder inside.
  const entries = await readdir(root, { recursive: true }).catch(() => []);
  return entries
    .filter((entry) => /(^|[\\/])bin[\\/]mvn$/.test(entry))
    .sort()
    .reverse()
    .map((entry) => join(root, entry));
}
