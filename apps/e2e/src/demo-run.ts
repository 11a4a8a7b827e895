import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startTestProcess } from '@ratchet/testing';
import type { TestProcess } from '@ratchet/testing';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The parts of the demo's report that the tests rely on: it is read as a user's script would read it. */
export interface Report {
  readonly promoted: number;
  readonly improved: boolean;
  readonly domainsBelow98: readonly string[];
  readonly weeks: readonly {
    readonly cycleId: string;
    readonly result: string;
    readonly version: string;
    readonly baseVersion: string;
    readonly gates: readonly { readonly name: string; readonly required: boolean; readonly verdict: string }[];
    readonly stages: readonly { readonly share: number; readonly to: string; readonly candidateUnits: number }[];
    readonly accuracy: Record<'before' | 'after', { readonly overall: { readonly right: number; readonly n: number } }>;
    readonly traffic: { readonly conversations: number; readonly errors: number };
  }[];
}

export interface DemoRun {
  readonly process: TestProcess;
  readonly consoleUrl: string;
  /** Of the console's admin. */
  readonly consoleToken: string;
  readonly brokers: string;
  readonly gatewayUrl: string;
  report(): Report;
}

/** Starts `ratchet demo` as a user does, and waits until it says where everything is. */
export const startDemo = async ({ dataDir, weeks }: { dataDir: string; weeks: number }): Promise<DemoRun> => {
  const reportFile = join(dataDir, 'report.json');
  // Of n-grams alone, since encoding takes more time than all else together; the sentence encoder has tests of its own.
  const demo = startTestProcess({
    script: join(root, 'apps/cli/bin/ratchet.mjs'),
    args: ['demo', '--weeks', String(weeks), '--exit', '--report', reportFile, '--data-dir', dataDir, '--no-sentences'],
    cwd: root,
    // A stack of its own, even where the environment names another; and a live view that holds a second of traffic.
    env: { KAFKA_BROKERS: '', DATABASE_URL: '', LIVE_EVENTS_MAX: '500', FIRST_ADMIN_TOKEN: '' },
  });
  const [, consoleUrl = '', brokers = '', gatewayUrl = ''] = await demo.said(/Console: (\S+)\s+Kafka: (\S+)\s+OpenAI base URL: (\S+)/, 300_000).catch(async (error: unknown) => {
    await demo.end('SIGTERM');
    throw error;
  });
  const consoleToken = readFileSync(join(dataDir, 'console-token'), 'utf8').trim();
  return { process: demo, consoleUrl, consoleToken, brokers, gatewayUrl, report: () => JSON.parse(readFileSync(reportFile, 'utf8')) as Report };
};
