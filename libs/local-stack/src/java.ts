import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { LocalStackError } from './local-stack-error.js';
import type { Env } from './stack-environment.js';

/** The oldest Java that Kafka 4's broker runs on. */
export const oldestJava = 17;

const otherWays = 'or set KAFKA_BROKERS to a Kafka that already runs';
const run = promisify(execFile);

/** A Java that can run Kafka. */
export interface Java {
  readonly command: string;
  readonly majorVersion: number;
}

/**
 * Finds Java: `JAVA_HOME` where it is set, else `java` of the `PATH`.
 *
 * @throws {LocalStackError} `java_missing` or `java_too_old`, saying what to install or which variable to set.
 */
export async function findJava(env: Env): Promise<Java> {
  const home = env['JAVA_HOME']?.trim();
  const command = home ? join(home, 'bin', 'java') : 'java';
  if (home && !existsSync(command)) throw javaMissing({ javaHome: true });
  const output = await run(command, ['-version'], { env: { ...env } }).then(
    ({ stdout, stderr }) => `${stderr}${stdout}`,
    (cause: unknown) => {
      throw javaMissing({ javaHome: Boolean(home), cause });
    },
  );
  return requireSupportedJava({ command, versionOutput: output });
}

/**
 * Reads Java's major version from what `java -version` prints; `1.8.0` is version 8.
 *
 * @returns `undefined` when the output names none.
 */
export function parseJavaVersion(versionOutput: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(versionOutput);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

/** @throws {LocalStackError} `java_too_old`, or `java_missing` when the output is not Java's. */
export function requireSupportedJava(input: { command: string; versionOutput: string }): Java {
  const { command, versionOutput } = input;
  const majorVersion = parseJavaVersion(versionOutput);
  if (majorVersion === undefined) throw javaMissing({ javaHome: false });
  if (majorVersion < oldestJava) {
    throw new LocalStackError({
      code: 'java_too_old',
      message: `${command} is Java ${majorVersion}, but the embedded Kafka needs Java ${oldestJava} or newer. Install one and point JAVA_HOME at it, ${otherWays}.`,
    });
  }
  return { command, majorVersion };
}

function javaMissing(input: { javaHome: boolean; cause?: unknown }): LocalStackError {
  const found = input.javaHome
    ? 'JAVA_HOME is set, but there is no Java in it that runs.'
    : 'The embedded Kafka needs Java, and none was found.';
  return new LocalStackError({
    code: 'java_missing',
    message: `${found} Install Java ${oldestJava} or newer (for example the package openjdk-17-jre-headless or temurin-21) or set JAVA_HOME to one, ${otherWays}.`,
    cause: input.cause,
  });
}
