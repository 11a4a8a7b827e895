import { describe, expect, it } from '@jest/globals';

import { findJava, parseJavaVersion, requireSupportedJava } from './java.js';

describe('finding Java', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['java version "1.8.0_401"', 8],
    ['openjdk version "26-ea" 2026-03-17', 26],
    ['Picked up JAVA_TOOL_OPTIONS: -Dx=1\nopenjdk version "21" 2023-09-19', 21],
    ['command not found', undefined],
  ])('reads the version from %j', (output, version) => {
    expect(parseJavaVersion(output)).toBe(version);
  });

  it('says which Java is too old, which one is needed and what to set', () => {
    const old = () => requireSupportedJava({ command: '/opt/java', versionOutput: 'openjdk version "11.0.2"' });
    expect(old).toThrow(/\/opt\/java is Java 11.*Java 17 or newer.*JAVA_HOME.*KAFKA_BROKERS/);
  });

  it('takes the oldest Java that Kafka runs on', () => {
    const java = requireSupportedJava({ command: 'java', versionOutput: 'openjdk version "17"' });
    expect(java).toEqual({ command: 'java', majorVersion: 17 });
  });

  it('says what to install or set when there is none', async () => {
    await expect(findJava({ PATH: '/nowhere' })).rejects.toMatchObject({
      code: 'java_missing',
      message: expect.stringMatching(/Install Java 17 or newer.*JAVA_HOME.*KAFKA_BROKERS/),
    });
  });

  it('says so when JAVA_HOME points nowhere, instead of taking another Java', async () => {
    await expect(findJava({ ...process.env, JAVA_HOME: '/nowhere' })).rejects.toMatchObject({
      code: 'java_missing',
      message: expect.stringContaining('JAVA_HOME is set'),
    });
  });
});
