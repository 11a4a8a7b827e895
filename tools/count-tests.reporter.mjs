// A Jest reporter that writes how many tests passed, failed and were skipped, for tools/test.mjs to add up.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export default class CountTestsReporter {
  #displayName;

  constructor(globalConfig) {
    this.#displayName = globalConfig.rootDir;
  }

  onRunComplete(contexts, results) {
    const folder = process.env.RATCHET_TEST_RESULTS;
    const name = [...contexts][0]?.config.displayName?.name ?? this.#displayName;
    // A file that could not be loaded has no tests to count, but something in it failed.
    const broken = results.testResults.filter(({ testExecError, numFailingTests }) => testExecError !== undefined && numFailingTests === 0);
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, `${name.replace(/[^a-z0-9]+/gi, '-')}-${process.pid}.json`),
      JSON.stringify({
        name,
        passed: results.numPassedTests,
        failed: results.numFailedTests + broken.length,
        skipped: results.numPendingTests + results.numTodoTests,
        failures: results.testResults.flatMap(({ testFilePath, testExecError, testResults }) => [
          ...testResults.filter(({ status }) => status === 'failed').map(({ fullName }) => `${testFilePath}: ${fullName}`),
          ...(testExecError ? [`${testFilePath}: could not run`] : []),
        ]),
      }),
    );
  }
}
