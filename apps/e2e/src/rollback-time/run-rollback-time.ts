import { setTimeout as wait } from 'node:timers/promises';
import { candidateJudged, candidateRegistered, commandIssued, versionIdOf, versionPublished } from '@ratchet/domain';
import type { Bundle, Target } from '@ratchet/domain';
import type { EventEnvelope } from '@ratchet/contracts';
import { kafkaDoor } from '../chaos/doors.js';
import type { Door } from '../chaos/doors.js';
import type { Fault } from './faults.js';
import { faults } from './faults.js';
import { measureRollback } from './measure.js';
import type { RollbackTime } from './measure.js';
import { Product } from './product.js';
import { RollbackStack } from './rollback-stack.js';

const MODEL = 'shop';
const ROUTED_WITHIN_MS = 60_000;
const ROLLED_BACK_WITHIN_MS = 120_000;
/** Long enough for some hundred requests of the candidate. */
const HEALTHY_MS = 8_000;
/** What a gateway still gives the candidate must have the time to show. */
const AFTERWARDS_MS = 3_000;

const bundleOf = (provider: string): Bundle => ({ provider: { name: provider, model: 'moody' } });
const champion = versionIdOf({ ordinal: 1, bundle: bundleOf('usual') });

const envelope = (type: string, id: string, data: unknown): EventEnvelope => ({ id, source: '/rollback-time', type, time: new Date().toISOString(), data });

/** A champion, and a candidate that passed its gates. */
const rollOut = async (door: Door, target: Target): Promise<string> => {
  const now = new Date().toISOString();
  const bundle = bundleOf('candidate');
  const version = versionIdOf({ ordinal: 2, bundle });
  const { workload } = target;
  const candidate = { cycleId: `${workload}-cycle`, ...target, version, baseVersion: champion };
  for (const [ordinal, versionId, of] of [[1, champion, bundleOf('usual')], [2, version, bundle]] as const) {
    await door.send([envelope(versionPublished.type, `${workload}-v${ordinal}`, { versionId, ...target, ordinal, bundle: of, contentHash: versionId, publishedAt: now })]);
  }
  await door.send([envelope(commandIssued.type, `${workload}-adopt`, { name: 'target.adopt', commandId: `${workload}-adopt`, actor: 'a-person', reason: 'the test', ...target, issuedAt: now, bundle: bundleOf('usual') })]);
  await door.send([envelope(candidateRegistered.type, `${workload}-registered`, { ...candidate, trainingRunId: 'run', datasetIds: [], opportunityIds: [], trainingConfig: {}, trainingSeconds: 1, registeredAt: now })]);
  await door.send([envelope(candidateJudged.type, `${workload}-judged`, { ...candidate, outcome: 'passed', gates: [], message: 'gates', judgedAt: now })]);
  return version;
};

interface ShownTarget {
  readonly workload: string;
  readonly candidate?: string;
}

const untilShown = async (urls: readonly string[], workload: string, { rolledOut, withinMs }: { rolledOut: boolean; withinMs: number }): Promise<void> => {
  for (const until = Date.now() + withinMs; ; await wait(50)) {
    const shown = await Promise.all(
      urls.map(async (url) => {
        const { data } = (await (await fetch(`${url}/v1/models`)).json()) as { data: { id: string; ratchet?: { targets: ShownTarget[] } }[] };
        const target = data.find(({ id }) => id === MODEL)?.ratchet?.targets.find((one) => one.workload === workload);
        return target !== undefined && (target.candidate !== undefined) === rolledOut;
      }),
    );
    if (shown.every(Boolean)) return;
    if (Date.now() > until) throw new Error(`${workload}: the gateways did not show ${rolledOut ? 'a candidate' : 'its end'} within ${withinMs / 1_000} s`);
  }
};

/** By a guard of the product. */
const foundUnsafe = { name: 'unsafe', value: true, source: { type: 'code', id: 'guard' } };

const run = async (stack: RollbackStack, { fault, workload }: { fault: Fault; workload: string }): Promise<RollbackTime> => {
  const target = { model: MODEL, workload };
  const urls = stack.gateways.map(({ url }) => url);
  const door = kafkaDoor(() => undefined);
  stack.candidate.mood = 'well';
  const version = await rollOut(door, target);
  await untilShown(urls, workload, { rolledOut: true, withinMs: ROUTED_WITHIN_MS });
  const products = urls.map((gatewayUrl) => new Product({ gatewayUrl, model: MODEL, workload, atOnce: 10, pauseMs: 60 }));
  for (const product of products) product.start();
  await wait(HEALTHY_MS);
  const brokenAtMs = Date.now();
  if (fault === 'unsafe') for (const product of products) product.feedbackOn = (answer) => (answer.version === version ? foundUnsafe : undefined);
  else stack.candidate.mood = fault === 'errors' ? 'failing' : 'slow';
  await untilShown(urls, workload, { rolledOut: false, withinMs: ROLLED_BACK_WITHIN_MS });
  await wait(AFTERWARDS_MS);
  await Promise.all(products.map((product) => product.stop()));
  await door.close();
  // The last interactions are on their way into the topic.
  await wait(1_000);
  return measureRollback(target, { fault, brokenAtMs });
};

export interface RollbackTimeOptions {
  readonly root: string;
  readonly dataDir: string;
  readonly rounds: number;
  readonly say: (text: string) => void;
}

/** Breaks candidates in the middle of a stage of half a day, again and again, under traffic through two gateways. */
export const runRollbackTime = async ({ root, dataDir, rounds, say }: RollbackTimeOptions): Promise<RollbackTime[]> => {
  const stack = new RollbackStack({ root, dataDir, say });
  const times: RollbackTime[] = [];
  try {
    await stack.start();
    for (let round = 0; round < rounds; round += 1) {
      for (const fault of faults) {
        const time = await run(stack, { fault, workload: `${fault}-${round}` });
        say(`${fault}: ${time.metric}, evidence after ${time.untilEvidenceMs} ms, routed ${time.untilRoutedMs} ms later, the last request of the candidate ${time.untilNobodyMs} ms after that`);
        times.push(time);
      }
    }
    return times;
  } finally {
    await stack.stop();
  }
};
