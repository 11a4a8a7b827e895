import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { findMaven, kafkaVersionOf } from './kafka-jars.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ratchet-maven-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function place(...path: string[]): Promise<string> {
  const file = join(folder, ...path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, '');
  return file;
}

describe('finding Maven', () => {
  it('prefers MAVEN_HOME to the PATH', async () => {
    const chosen = await place('home', 'bin', 'mvn');
    await place('path', 'mvn');
    expect(await findMaven({ MAVEN_HOME: join(folder, 'home'), PATH: join(folder, 'path') })).toBe(chosen);
  });

  it('takes one that a Maven wrapper installed when the PATH has none', async () => {
    const chosen = await place('.m2', 'wrapper', 'dists', 'apache-maven-3.9.9', 'abc', 'bin', 'mvn');
    expect(await findMaven({ HOME: folder, PATH: '/nowhere' })).toBe(chosen);
  });

  it('says what to install or set when there is none', async () => {
    await expect(findMaven({ HOME: folder, PATH: '/nowhere' })).rejects.toMatchObject({
      code: 'maven_missing',
      message: expect.stringMatching(/Install Maven.*MAVEN_HOME.*KAFKA_BROKERS/),
    });
  });
});

describe('the version of the embedded Kafka', () => {
  it('is what the POM pins', () => {
    expect(kafkaVersionOf('<properties>\n<kafka.version> 4.4.0 </kafka.version></properties>')).toBe('4.4.0');
  });

  it('must be pinned', () => {
    expect(() => kafkaVersionOf('<project/>')).toThrow(/kafka\.version/);
  });
});
