import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { decodeMessage, topics } from '@ratchet/contracts';
import type { EventEnvelope, TopicSpec } from '@ratchet/contracts';
import type { AuditRecorded, CandidateJudged, CandidateRegistered, RoutingChanged, TrainingStarted } from '@ratchet/domain';
import { derivedId } from '@ratchet/observability';
import { readAll } from '@ratchet/testing';
import pg from 'pg';
import { checkAll, compareItems } from './comparison.js';
import type { Comparison } from './comparison.js';

const run = promisify(execFile);

/** Services that keep what they know in PostgreSQL, by their schemas. */
const schemas = ['analyzer', 'data_generator', 'trainer_dispatcher', 'evaluator', 'rollout_controller', 'console'] as const;

type Queries = Pick<pg.Client, 'query'>;

const rowsOf = async <Row extends pg.QueryResultRow>(db: Queries, sql: string): Promise<Row[]> => (await db.query<Row>(sql)).rows;
const column = async (db: Queries, sql: string): Promise<string[]> => (await rowsOf<{ item: string }>(db, sql)).map(({ item }) => item);

export interface TopicEvents {
  /** One of each id. */
  readonly events: readonly EventEnvelope[];
  /** Repeats that differ from their first. */
  readonly contradictions: readonly string[];
  readonly repeats: number;
}

/** Between PostgreSQL and Kafka an event may be published twice, with the same id and content: consumers know it by the id. */
export const eventsOf = async (topic: TopicSpec): Promise<TopicEvents> => {
  const first = new Map<string, { event: EventEnvelope; value: string }>();
  const contradictions: string[] = [];
  let repeats = 0;
  for (const { value, headers } of await readAll(topic.name)) {
    const decoded = decodeMessage({ value, headers }, topic.name);
    if (!decoded.ok) {
      contradictions.push(`a record that nobody can read: ${decoded.message}`);
      continue;
    }
    const known = first.get(decoded.event.id);
    if (known) repeats += 1;
    if (known && known.value !== String(value)) contradictions.push(`${decoded.event.type} ${decoded.event.id} comes with two contents`);
    if (!known) first.set(decoded.event.id, { event: decoded.event, value: String(value) });
  }
  return { events: [...first.values()].map(({ event }) => event), contradictions, repeats };
};

export const dataOf = <Data>(events: readonly EventEnvelope[], type: string): Data[] => events.filter((event) => event.type === type).map(({ data }) => data as Data);
const moreThanOnce = (items: readonly string[], what: string): string[] => [...Map.groupBy(items, (item) => item)].filter(([, same]) => same.length > 1).map(([item, same]) => `${item}: ${same.length} ${what}`);

export interface LoopFindings {
  readonly cycles: number;
  readonly verdicts: number;
  readonly promotions: number;
  readonly rollbacks: number;
  readonly repeatedPublications: number;
  readonly comparisons: readonly Comparison[];
}

const cycleComparisons = async (db: Queries, candidates: TopicEvents, verdicts: TopicEvents): Promise<Comparison[]> => {
  const started = dataOf<TrainingStarted>(candidates.events, 'ratchet.training.started');
  const registered = dataOf<CandidateRegistered>(candidates.events, 'ratchet.candidate.registered');
  const failed = dataOf<{ cycleId: string }>(candidates.events, 'ratchet.training.failed');
  const judged = dataOf<CandidateJudged>(verdicts.events, 'ratchet.candidate.judged');
  const examples = started.flatMap(({ datasetIds }) => datasetIds);
  return [
    checkAll('cycles: one start, one run, one end of training each', {
      compared: started.length,
      problems: [
        ...moreThanOnce(started.map(({ cycleId }) => cycleId), 'starts'),
        ...moreThanOnce(started.map(({ trainingRunId }) => trainingRunId), 'uses of one training run'),
        ...moreThanOnce([...registered, ...failed].map(({ cycleId }) => cycleId), 'ends of its training'),
        ...moreThanOnce(registered.map(({ version }) => version), 'registrations of one version'),
        ...started.filter(({ cycleId }) => ![...registered, ...failed].some((other) => other.cycleId === cycleId)).map(({ cycleId }) => `${cycleId}: its training has not ended`),
        ...started.filter(({ exampleCount }) => exampleCount === 0).map(({ cycleId }) => `${cycleId}: trained on nothing`),
      ],
    }),
    compareItems('verdicts: one for each candidate', { expected: registered.map(({ cycleId, version }) => `${cycleId} ${version}`), actual: judged.map(({ cycleId, version }) => `${cycleId} ${version}`) }),
    compareItems('cycles of the trainer are those that it has told of', { expected: await column(db, 'select cycle_id as item from trainer_dispatcher.cycles'), actual: started.map(({ cycleId }) => cycleId) }),
    checkAll('cycles of one target do not overlap', { compared: examples.length, problems: await column(db, `select model || '/' || workload || ': ' || count(*) || ' open cycles' as item from trainer_dispatcher.cycles where ended_at is null group by model, workload having count(*) > 1`) }),
  ];
};

interface TransitionRow {
  readonly rollout_id: string;
  readonly sequence: number;
}

const rolloutComparisons = async (db: Queries, promotions: TopicEvents, routing: TopicEvents): Promise<Comparison[]> => {
  const transitions = await rowsOf<TransitionRow>(db, 'select rollout_id, sequence from rollout_controller.rollout_transitions order by rollout_id, sequence');
  const told = promotions.events.filter(({ type }) => type !== 'ratchet.experiment.concluded').map(({ id }) => id);
  const gaps = [...Map.groupBy(transitions, ({ rollout_id }) => rollout_id)].flatMap(([id, rows]) => rows.filter(({ sequence }, i) => sequence !== i + 1).map(({ sequence }) => `${id}: ${sequence} is out of turn`));
  const revisions = await rowsOf<{ target: string; revision: number; body: RoutingChanged }>(db, 'select target, revision, body from rollout_controller.routing_revisions order by target, revision');
  const routed = dataOf<RoutingChanged>(routing.events, 'ratchet.routing.changed');
  const same = ({ champion, candidate, share, stage }: RoutingChanged): string => JSON.stringify([champion, candidate, share, stage]);
  return [
    compareItems('transitions: each told once', { expected: transitions.map(({ rollout_id, sequence }) => derivedId('transition', rollout_id, sequence)), actual: told }),
    checkAll('transitions: no gap in a rollout', { compared: transitions.length, problems: gaps }),
    checkAll('routing: revisions without a gap, each another share or champion', {
      compared: revisions.length,
      problems: [...Map.groupBy(revisions, ({ target }) => target)].flatMap(([target, rows]) =>
        rows.flatMap(({ revision, body }, i) => [
          ...(revision === i + 1 ? [] : [`${target}: revision ${revision} is out of turn`]),
          ...(i > 0 && same(body) === same(rows[i - 1]?.body as RoutingChanged) ? [`${target}: revision ${revision} changes nothing`] : []),
        ]),
      ),
    }),
    compareItems('routing: each revision told once', { expected: revisions.map(({ target, revision }) => `${target} ${revision}`), actual: routed.map(({ model, workload, revision }) => `${model}/${workload} ${revision}`) }),
    compareItems('champions: everybody names the same', {
      expected: await column(db, 'select target || champion as item from rollout_controller.targets'),
      actual: await column(db, `select model || '/' || workload || champion as item from trainer_dispatcher.targets`),
    }),
    compareItems('champions: the analyzer too', {
      expected: await column(db, 'select target || champion as item from rollout_controller.targets'),
      actual: await column(db, `select model || '/' || workload || champion as item from analyzer.targets where champion is not null`),
    }),
  ];
};

const auditComparisons = async (db: Queries, root: string, brokers: readonly string[]): Promise<Comparison[]> => {
  const recorded = dataOf<AuditRecorded>((await eventsOf(topics.audit)).events, 'ratchet.audit.recorded').map(({ record }) => record.cycle_id);
  const verified = await run(process.execPath, [join(root, 'apps/cli/bin/ratchet.mjs'), 'audit', 'verify', '--brokers', brokers.join(',')]).then(
    ({ stdout }) => JSON.parse(stdout) as { valid: boolean; records: number; problem?: string },
    (error: { stdout?: string; message: string }) => ({ valid: false, records: 0, problem: error.stdout || error.message }),
  );
  return [
    checkAll('audit: `ratchet audit verify`', { compared: verified.records, problems: verified.valid ? [] : [String(verified.problem)] }),
    compareItems('audit: one record for each cycle that has ended', { expected: await column(db, 'select cycle_id as item from trainer_dispatcher.cycles where ended_at is not null'), actual: recorded }),
    checkAll('console: no fact of a cycle waits for another', { compared: 1, problems: await column(db, `select cycle_id || ' ' || change::text as item from console.early_facts`) }),
  ];
};

/** All jobs have a key. One that is asked for again while it runs loses it, and its further attempts: should it fail then, or be killed, the later one does its work. */
const givenUp = async (db: Queries): Promise<string[]> => {
  const found: string[] = [];
  for (const schema of schemas) found.push(...(await column(db, `select '${schema}: ' || task_identifier || ' ' || coalesce(key, '') || ': ' || coalesce(last_error, '') as item from ${schema}_jobs.jobs where attempts >= max_attempts and key is not null`)));
  return found;
};

/** Undefined, or what the services have still to do. */
export const unfinishedWork = async (databaseUrl: string): Promise<string | undefined> => {
  const db = new pg.Client({ connectionString: databaseUrl });
  await db.connect();
  try {
    for (const schema of schemas) {
      const [counts] = await rowsOf<{ unsent: number; waiting: number }>(db, `select (select count(*)::int from ${schema}.outbox) as unsent, (select count(*)::int from ${schema}_jobs.jobs where attempts < max_attempts and run_at < now() + interval '1 minute') as waiting`);
      if ((counts?.unsent ?? 0) + (counts?.waiting ?? 0) > 0) return `${schema}: ${counts?.unsent} events to publish, ${counts?.waiting} jobs to do`;
    }
    const [open] = await column(db, `select cycle_id || ' is ' || state as item from trainer_dispatcher.cycles where state in ('training', 'judging')`);
    return open;
  } finally {
    await db.end();
  }
};

/** What must hold of cycles, rollouts, routing and the record, however often anything was begun again. */
export const checkLoop = async ({ root, brokers, databaseUrl }: { root: string; brokers: readonly string[]; databaseUrl: string }): Promise<LoopFindings> => {
  const db = new pg.Client({ connectionString: databaseUrl });
  await db.connect();
  try {
    const [candidates, verdicts, promotions, routing] = [await eventsOf(topics.candidates), await eventsOf(topics.verdicts), await eventsOf(topics.promotions), await eventsOf(topics.routing)];
    const all = [candidates, verdicts, promotions, routing, await eventsOf(topics.opportunities), await eventsOf(topics.datasets), await eventsOf(topics.versions)];
    const count = ({ events }: TopicEvents, type: string): number => events.filter((event) => event.type === type).length;
    return {
      cycles: count(candidates, 'ratchet.training.started'),
      verdicts: count(verdicts, 'ratchet.candidate.judged'),
      promotions: count(promotions, 'ratchet.version.promoted'),
      rollbacks: count(promotions, 'ratchet.version.rolledback'),
      repeatedPublications: all.reduce((sum, { repeats }) => sum + repeats, 0),
      comparisons: [
        checkAll('an event that was published twice says the same twice', { compared: all.reduce((sum, { events }) => sum + events.length, 0), problems: all.flatMap(({ contradictions }) => contradictions) }),
        checkAll('jobs: none is given up', { compared: schemas.length, problems: await givenUp(db) }),
        ...(await cycleComparisons(db, candidates, verdicts)),
        ...(await rolloutComparisons(db, promotions, routing)),
        ...(await auditComparisons(db, root, brokers)),
      ],
    };
  } finally {
    await db.end();
  }
};
