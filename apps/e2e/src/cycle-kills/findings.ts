import { topics } from '@ratchet/contracts';
import type { CandidateJudged, CandidateRegistered, TrainingStarted } from '@ratchet/domain';
import type pg from 'pg';
import { checkAll, compareItems } from '../chaos/comparison.js';
import type { Comparison } from '../chaos/comparison.js';
import { deadLetters } from '../chaos/dead-letters.js';
import { dataOf, eventsOf } from '../chaos/loop-invariants.js';
import type { KillStack } from './kill-stack.js';

export interface CycleFindings {
  readonly repeatedPublications: number;
  /** Of a cycle that nobody disturbed: what all others must equal. */
  readonly usual: string;
  readonly comparisons: readonly Comparison[];
}

interface ServerJob {
  readonly id: string;
  readonly model: string;
  readonly status: string;
  readonly fine_tuned_model: string | null;
}

const hashOf = (model: string | null): string => (model ?? '').slice((model ?? '').indexOf('@') + 1);
const nameOf = (model: string): string => model.slice(0, model.indexOf('@'));

const listOf = async <Item>(url: string): Promise<Item[]> => ((await (await fetch(url, { signal: AbortSignal.timeout(10_000) })).json()) as { data: Item[] }).data;
const column = async (db: pg.Pool, sql: string): Promise<string[]> => (await db.query<{ item: string }>(sql)).rows.map(({ item }) => item);

/** All that a cycle comes to, but for names and times: how fast answers came is another matter each time, and so is the one gate that looks at it. */
export const resultOf = ({ started, registered, judged, job }: { started: TrainingStarted; registered: CandidateRegistered; judged: CandidateJudged; job: ServerJob }): string =>
  JSON.stringify({
    model: hashOf(job.fine_tuned_model),
    examples: started.exampleCount,
    training: registered.trainingConfig,
    dataHash: registered.dataHash,
    outcome: judged.outcome,
    gates: judged.gates.map(({ name, required, verdict, value, halfWidth, n, missing, threshold, message, categories }) =>
      name === 'latency_acceptable' ? { name, required, n, missing, threshold } : { name, required, verdict, value, halfWidth, n, missing, threshold, message, categories }),
    items: judged.evidence?.items,
    leaked: judged.evidence?.leaked,
    scorers: judged.evidence?.scorers,
  });

const onceEach = (name: string, workloads: readonly string[], actual: readonly string[]): Comparison => compareItems(name, { expected: workloads, actual });

const unfinished = async (db: pg.Pool): Promise<string[]> => [
  ...(await column(db, `select cycle_id || ' of ' || workload || ' is ' || state as item from trainer_dispatcher.cycles where state <> 'rollout' or ended_at is not null`)),
  ...(await column(db, `select 'no verdict on ' || version_id as item from evaluator.judgements where outcome is null`)),
  ...(await column(db, `select 'an example of ' || workload || ' is ' || state as item from trainer_dispatcher.examples where split = 'train' and (state <> 'training' or cycle_id is null)`)),
];

const jobsLeft = async (db: pg.Pool): Promise<string[]> => {
  const found: string[] = [];
  for (const schema of ['trainer_dispatcher', 'evaluator']) {
    found.push(...(await column(db, `select '${schema}: ' || task_identifier || ' ' || attempts || ' times, ' || coalesce(last_error, '') as item from ${schema}_jobs.jobs`)));
    found.push(...(await column(db, `select '${schema} has not told of ' || sequence as item from ${schema}.outbox`)));
  }
  return found;
};

const lettersLeft = async (): Promise<string[]> => [...(await deadLetters())].map(([topic, records]) => `${topic}: ${records}`);

/** What must hold after all cycles, the undisturbed `reference` first among them. */
export const findOut = async (stack: KillStack, { workloads, reference }: { workloads: readonly string[]; reference: string }): Promise<CycleFindings> => {
  const db = stack.holds.looks;
  const [candidates, verdicts, versions] = [await eventsOf(topics.candidates), await eventsOf(topics.verdicts), await eventsOf(topics.versions)];
  const all = [candidates, verdicts, versions];
  const started = dataOf<TrainingStarted>(candidates.events, 'ratchet.training.started');
  const registered = dataOf<CandidateRegistered>(candidates.events, 'ratchet.candidate.registered');
  const judged = dataOf<CandidateJudged>(verdicts.events, 'ratchet.candidate.judged');
  const failed = dataOf<{ workload: string; reason: string }>(candidates.events, 'ratchet.training.failed');
  const jobs = (await listOf<ServerJob>(`${stack.modelServerUrl}/v1/fine_tuning/jobs`)).filter(({ model }) => model !== '');
  const models = (await listOf<{ id: string }>(`${stack.modelServerUrl}/v1/models`)).map(({ id }) => nameOf(id)).filter((name) => workloads.includes(name));
  const results = new Map(
    workloads.map((workload) => {
      const one = { started: started.find((event) => event.workload === workload), registered: registered.find((event) => event.workload === workload), judged: judged.find((event) => event.workload === workload), job: jobs.find(({ model }) => nameOf(model) === workload) };
      return [workload, one.started && one.registered && one.judged && one.job ? resultOf({ started: one.started, registered: one.registered, judged: one.judged, job: one.job }) : 'nothing'] as const;
    }),
  );
  const usual = results.get(reference) ?? 'nothing';
  const remembered = await column(db, `select provider_job as item from trainer_dispatcher.cycles`);
  return {
    repeatedPublications: all.reduce((sum, { repeats }) => sum + repeats, 0),
    usual,
    comparisons: [
      checkAll('an event that was published twice says the same twice', { compared: all.reduce((sum, { events }) => sum + events.length, 0), problems: all.flatMap(({ contradictions }) => contradictions) }),
      onceEach('one training.started for each cycle', workloads, started.map(({ workload }) => workload)),
      onceEach('one job at the model server for each cycle, and it succeeded', workloads, jobs.map(({ model, status }) => (status === 'succeeded' ? nameOf(model) : `${nameOf(model)} ${status}`))),
      compareItems('the trainer remembers the jobs that the model server has', { expected: jobs.map(({ id }) => id), actual: remembered }),
      onceEach('one new model for each cycle beside its first', workloads.flatMap((workload) => [workload, workload]), models),
      onceEach('one candidate.registered for each cycle', workloads, registered.map(({ workload }) => workload)),
      onceEach('one candidate.judged for each cycle', workloads, judged.map(({ workload }) => workload)),
      checkAll('no training failed', { compared: workloads.length, problems: failed.map(({ workload, reason }) => `${workload}: ${reason}`) }),
      checkAll('no cycle is held up', { compared: workloads.length, problems: await unfinished(db) }),
      checkAll('no job or event is left', { compared: workloads.length, problems: await jobsLeft(db) }),
      checkAll('no dead letter', { compared: workloads.length, problems: await lettersLeft() }),
      checkAll('model, gates and evidence are those of the undisturbed cycle', {
        compared: workloads.length,
        problems: [...results].filter(([, result]) => result !== usual || result === 'nothing').map(([workload, result]) => `${workload}: ${differenceOf(usual, result)}`),
      }),
    ],
  };
};

/** From where two results differ. */
const differenceOf = (usual: string, result: string): string => {
  const at = [...usual].findIndex((character, i) => character !== result[i]);
  const from = Math.max(0, (at < 0 ? usual.length : at) - 60);
  return `"${result.slice(from, from + 110)}" instead of "${usual.slice(from, from + 110)}"`;
};
