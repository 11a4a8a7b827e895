// Goal: each kind of fix turns failures into another answer in traffic, by one way: artefact, candidate, gates, rollout. Method: five parts of one
// product, each with a weakness of its own; their users complain, an analysis is ordered, and the rest is left to the services, which are processes of the built code.
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topics } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import { commandIssued, datasetVersioned, examplesAdded } from '@ratchet/domain';
import type { Bundle, CandidateJudged, CandidateRegistered, Command, DatasetVersioned, ExamplesAdded, FixProposed, OpportunityClosed, OpportunityRanked, TrainingStarted, VersionPromoted, VersionPublished } from '@ratchet/domain';
import { eventually, readAll, uniqueName } from '@ratchet/testing';
import type { ReadRecord } from '@ratchet/testing';
import pg from 'pg';
import { kafkaDoor } from './chaos/doors.js';
import { trainFirstModel } from './chaos/loop-driver.js';
import { FixStack } from './fixes/fix-stack.js';
import { inParallel, MODEL, ProductClient } from './fixes/product-client.js';
import { firstLessons, weakWorkloads } from './fixes/workloads.js';
import type { WeakWorkload } from './fixes/workloads.js';

const PROMOTED_WITHIN_MS = 400_000;
/** Too few to be an opportunity: they only keep the clustering from cutting the others in two. */
const ODD_REQUESTS = 4;
const CONVERSATIONS_A_ROUND = 6;
const stack = new FixStack();
const events = kafkaDoor(() => undefined);
const answersBefore = new Map<string, string>();
const championsBefore = new Map<string, string | undefined>();
let database: pg.Pool;
let product: ProductClient;

const now = (): string => new Date().toISOString();
const issue = async (command: (target: { model: string; workload: string }) => object, { workload }: WeakWorkload): Promise<void> => {
  const commandId = uniqueName('command');
  const target = { model: MODEL, workload };
  const data = { commandId, actor: 'a-person', reason: 'the test', ...target, issuedAt: now(), ...command(target) } as Command;
  await events.send([{ id: commandId, source: '/test', type: commandIssued.type, time: data.issuedAt, data }]);
};

const importSuite = async ({ workload, general }: WeakWorkload): Promise<void> => {
  const target = { model: MODEL, workload };
  const datasetId = uniqueName('suite');
  const examples = general.map(({ input, output }, i): ExamplesAdded['examples'][number] => ({ exampleId: `${datasetId}-${i}`, input, output, category: 'usual', source: 'import', split: 'test', confidence: 1, lineage: { interactionIds: [] } }));
  const parts = Array.from({ length: Math.ceil(examples.length / 200) }, (_, i): EventEnvelope => ({ id: `${datasetId}-part-${i}`, source: '/test', type: examplesAdded.type, time: now(), data: { datasetId, ...target, examples: examples.slice(i * 200, (i + 1) * 200), addedAt: now() } }));
  const closed: DatasetVersioned = { datasetId, ...target, purpose: 'general_suite', trainCount: 0, testCount: examples.length, contentHash: datasetId, opportunityIds: [], failuresAnalyzed: 0, rejected: [], highPriority: false, versionedAt: now() };
  await events.send([...parts, { id: `${datasetId}-closed`, source: '/test', type: datasetVersioned.type, time: now(), data: closed }]);
};

const complain = async ({ workload, requests, complaint }: WeakWorkload): Promise<void> => {
  await inParallel(requests, async (request, i) => void (await product.converse({ workload, request, userId: `${workload}-${i}`, complaint })));
  await inParallel(Array.from({ length: ODD_REQUESTS }), async (_, i) => void (await product.converse({ workload, request: 'Sing me a lullaby about sleepy elephants on the moon', userId: `${workload}-odd-${i}`, complaint: { name: 'thumbs', value: false } })));
};

const failuresKnown = async (schema: string, { workload, requests }: WeakWorkload): Promise<void> => {
  const { rows } = await database.query<{ n: number }>(`select count(*)::int as n from ${schema}.failures where model = $1 and workload = $2`, [MODEL, workload]);
  const known = rows[0]?.n ?? 0;
  if (known < requests.length + ODD_REQUESTS) throw new Error(`${schema} knows ${known} of ${requests.length + ODD_REQUESTS} failures of ${workload}`);
};

/** Satisfied users wherever a rollout needs them, until every workload is served by another version. */
const serveUntilPromoted = async (): Promise<void> => {
  const until = Date.now() + PROMOTED_WITHIN_MS;
  for (let round = 0; Date.now() < until; round += 1) {
    const served = await product.served();
    if (weakWorkloads.every(({ workload }) => served.get(workload)?.champion !== championsBefore.get(workload))) return;
    const rolling = weakWorkloads.filter(({ workload }) => served.get(workload)?.candidate !== undefined);
    if (rolling.length === 0) await wait(250);
    const asked = rolling.flatMap(({ workload, general }) => Array.from({ length: CONVERSATIONS_A_ROUND }, (_, i) => ({ workload, request: general[(round * CONVERSATIONS_A_ROUND + i) % general.length]?.input ?? '' })));
    await inParallel(asked, async (one, i) => void (await product.converse({ ...one, userId: `user-${round}-${i}` })));
  }
};

/** Routing changes a moment before promotions and closed opportunities are told. */
const everythingTold = (): Promise<void> =>
  eventually(async () => {
    const told = await Promise.all([topics.promotions.name, topics.opportunities.name].map((topic) => readAll(topic)));
    for (const [i, type] of ['ratchet.version.promoted', 'ratchet.opportunity.closed'].entries()) {
      const workloads = new Set(told[i]?.filter(({ headers }) => headers['ce_type'] === type).map(({ value }) => (JSON.parse(String(value)) as { workload: string }).workload));
      if (workloads.size < weakWorkloads.length) throw new Error(`${type} was told of ${[...workloads].join(', ')} alone`);
    }
  }, { withinMs: 60_000, everyMs: 500 });

const records = new Map<string, ReadRecord[]>();

/** What has been told; each topic is read once, when all is over. */
const read = async <Data extends { readonly workload: string }>(topic: string, type: string, { workload }: WeakWorkload): Promise<Data[]> => {
  const known = records.get(topic) ?? (await readAll(topic));
  records.set(topic, known);
  return known.filter(({ headers }) => headers['ce_type'] === type).map(({ value }) => JSON.parse(String(value)) as Data).filter((data) => data.workload === workload);
};

beforeAll(async () => {
  await stack.start();
  database = new pg.Pool({ connectionString: stack.databaseUrl, max: 4 });
  product = new ProductClient(stack.urlOf('gateway'));
  const embedded = { name: 'embedded', model: await trainFirstModel(stack.urlOf('model-server'), firstLessons, 7) };
  for (const one of weakWorkloads) {
    await issue(() => ({ name: 'target.adopt', bundle: { provider: embedded, ...one.bundle } satisfies Bundle }), one);
    await importSuite(one);
  }
  for (const one of weakWorkloads) championsBefore.set(one.workload, await eventually(async () => (await product.championOf(one.workload)) ?? Promise.reject(new Error(`nobody serves ${one.workload}`)), { withinMs: 60_000 }));
  // The contents of a version may come after its name.
  for (const { workload, asked } of weakWorkloads) answersBefore.set(workload, await eventually(() => product.converse({ workload, request: asked, userId: 'first' }), { withinMs: 60_000, everyMs: 250 }));
  for (const one of weakWorkloads) await complain(one);
  for (const one of weakWorkloads) for (const schema of ['analyzer', 'data_generator']) await eventually(() => failuresKnown(schema, one), { withinMs: 60_000, everyMs: 200 });
  for (const one of weakWorkloads) await issue(() => ({ name: 'analysis.run' }), one);
  await serveUntilPromoted();
  await everythingTold();
}, 600_000);

afterAll(async () => {
  await events.close();
  await database?.end();
  await stack.stop();
}, 60_000);

/** What led to the first promotion of a workload. A weakness may be cut into two opportunities: then there are two fixes, one after the other. */
const promotionOf = async (one: WeakWorkload): Promise<{ promoted: VersionPromoted; started: TrainingStarted | undefined; registered: CandidateRegistered | undefined; judged: CandidateJudged | undefined }> => {
  const [promoted] = await read<VersionPromoted>(topics.promotions.name, 'ratchet.version.promoted', one);
  if (!promoted) throw new Error(`nothing was promoted for ${one.workload}`);
  const ofCycle = <Data extends { readonly cycleId: string }>(all: readonly Data[]): Data | undefined => all.find(({ cycleId }) => cycleId === promoted.cycleId);
  return {
    promoted,
    started: ofCycle(await read<TrainingStarted>(topics.candidates.name, 'ratchet.training.started', one)),
    registered: ofCycle(await read<CandidateRegistered>(topics.candidates.name, 'ratchet.candidate.registered', one)),
    judged: ofCycle(await read<CandidateJudged>(topics.verdicts.name, 'ratchet.candidate.judged', one)),
  };
};

/** What a patch of the type may change: by its strategy, grounding is a matter of settings, or of what the prompt says. */
const PATCHED = { knowledge_entries: ['knowledge'], prompt_patch: ['systemPrompt'], safety_threshold: ['safetyThreshold'], retrieval_change: ['retrieval', 'systemPrompt'] } as const;

describe.each(weakWorkloads.map((one) => [one.fixType, one] as const))('%s', (_fixType, one) => {
  it('is what the analysis wants for the failures', async () => {
    const ranked = await read<OpportunityRanked>(topics.opportunities.name, 'ratchet.opportunity.ranked', one);
    expect(new Set(ranked.map(({ rootCause, fixType }) => `${rootCause}: ${fixType}`))).toEqual(new Set([`${one.rootCause}: ${one.fixType}`]));
    expect(ranked.reduce((sum, { size }) => sum + size, 0)).toBeGreaterThanOrEqual(one.requests.length);
  });

  it('makes an artefact of its own kind, and questions that judge it', async () => {
    const { registered } = await promotionOf(one);
    const datasets = await read<DatasetVersioned>(topics.datasets.name, 'ratchet.dataset.versioned', one);
    const used = datasets.filter(({ datasetId }) => registered?.datasetIds.includes(datasetId));
    expect(used.reduce((sum, { testCount }) => sum + testCount, 0)).toBeGreaterThanOrEqual(20);
    const fixes = await read<FixProposed>(topics.datasets.name, 'ratchet.fix.proposed', one);
    if (one.fixType === 'training_examples') {
      expect({ fixes, trains: used.every(({ trainCount }) => trainCount > 20) }).toEqual({ fixes: [], trains: true });
      return;
    }
    const fix = fixes.find(({ fixId }) => fixId === registered?.fixId);
    expect(fix).toMatchObject({ fixType: one.fixType, baseVersion: championsBefore.get(one.workload), datasetId: used[0]?.datasetId });
    const changed = Object.keys(fix?.patch ?? {});
    expect(changed).not.toEqual([]);
    expect(PATCHED[one.fixType]).toEqual(expect.arrayContaining(changed));
    expect(used.map(({ trainCount }) => trainCount)).toEqual([0]);
  });

  it('becomes a candidate that passes every required gate', async () => {
    const { promoted, started, registered, judged } = await promotionOf(one);
    const published = await read<VersionPublished>(topics.versions.name, 'ratchet.version.published', one);
    expect({ isFix: started?.fixId !== undefined, same: started?.fixId === registered?.fixId }).toEqual({ isFix: one.fixType !== 'training_examples', same: true });
    expect(registered?.version).toBe(promoted.version);
    expect(published.find(({ versionId }) => versionId === promoted.version)).toMatchObject({ parentVersion: championsBefore.get(one.workload) });
    expect({ outcome: judged?.outcome, gates: judged?.gates.filter(({ required }) => required).map(({ name, verdict }) => [name, verdict]) }).toEqual({
      outcome: 'passed', gates: [['target_improvement', 'passed'], ['no_regression', 'passed'], ['safety_pass', 'passed']],
    });
  });

  it('changes what users are answered, and not the usual answers', async () => {
    expect(answersBefore.get(one.workload)).toMatch(one.before);
    expect(await product.converse({ workload: one.workload, request: one.asked, userId: 'last' })).toMatch(one.after);
    const [usual] = one.general;
    expect(await product.converse({ workload: one.workload, request: usual?.input ?? '', userId: 'last' })).toBe(usual?.output);
  });

  it('closes the opportunity', async () => {
    const { promoted } = await promotionOf(one);
    const closed = await read<OpportunityClosed>(topics.opportunities.name, 'ratchet.opportunity.closed', one);
    expect(closed).toContainEqual(expect.objectContaining({ opportunityId: promoted.opportunityIds[0], reason: 'fixed', version: promoted.version }));
  });
});
