import { encodeEvent, type EventData, type EventDefinition, type EventEnvelope } from '@ratchet/contracts';
import { type Arm, type Bundle, candidateJudged, candidateRegistered, type Command, commandIssued, emptyHistogram, histogramOf, targetKey, versionIdOf, type VitalsCounted, vitalsCounted } from '@ratchet/domain';
import { type ConsumedRecord, createKafka, type EventProducer, type ProducedRecord } from '@ratchet/kafka';
import { Logger, Metrics } from '@ratchet/observability';
import { Database, type Transaction } from '@ratchet/persistence';
import { DatabaseConsumerStrategy } from '@ratchet/service';
import { loadConfig } from '../config.js';
import { contract } from '../contract.js';
import { CandidatesHandlers } from '../handlers/candidates.handlers.js';
import { CommandsHandlers } from '../handlers/commands.handlers.js';
import { EvidenceHandlers } from '../handlers/evidence.handlers.js';
import { migrations } from '../persistence/migrations.js';
import { Operators } from './operators.js';
import { RolloutMetrics } from './rollout-metrics.js';
import { Rollouts } from './rollouts.js';

export const bundle: Bundle = { provider: { name: 'embedded', model: 'assistant' } };
export const champion = versionIdOf({ ordinal: 1, bundle });
export const START = Date.parse('2026-03-02T08:00:00Z');

/** Nothing here may go to the dead letters. */
const refusing = {
  sendRecords: (records: readonly ProducedRecord[]): Promise<void> => Promise.reject(new Error(`refused: ${JSON.stringify(records.map(({ headers }) => headers))}`)),
} as unknown as EventProducer;

type Order = { readonly name: Command['name'] } & Record<string, unknown>;

/** A controller on a database, without a broker: records go straight into its consumer, and time is the test's. */
export class World {
  at = START;
  target = { model: 'assistant', workload: 'support' };
  readonly metrics = new Metrics();
  readonly rollouts: Rollouts;
  readonly operators: Operators;
  private readonly consumer: DatabaseConsumerStrategy;
  private events = 0;
  private offset = 0n;

  private constructor(readonly database: Database, policy: object, private readonly idPrefix: string) {
    const config = loadConfig({ KAFKA_BROKERS: 'localhost:1', DATABASE_URL: database.url, ROLLOUT_POLICY: JSON.stringify(policy) });
    const [logger, clock] = [Logger.silent(), () => this.at];
    this.rollouts = new Rollouts(config, clock, logger, new RolloutMetrics(this.metrics));
    this.operators = new Operators(config, clock, logger, this.rollouts);
    const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'test', ssl: false }, logger);
    this.consumer = new DatabaseConsumerStrategy({ contract, kafka, database, producer: refusing, logger, metrics: this.metrics });
    this.handle();
  }

  /** Worlds with the same prefix give what they make the same ids. */
  static async open(url: string, policy: object = {}, idPrefix = ''): Promise<World> {
    const database = new Database({ url, service: contract.service, migrations });
    await database.start();
    return new World(database, { minSoakMs: [2000, 2000, 2000, 2000], bakeMs: 3000, maxStageMs: 3_600_000, productionBaselineBelowShare: 0, ...policy }, idPrefix);
  }

  get key(): string {
    return targetKey(this.target);
  }

  private handle(): void {
    const [candidates, evidence, commands] = [new CandidatesHandlers(this.rollouts), new EvidenceHandlers(this.rollouts), new CommandsHandlers(this.operators)];
    const on = <Data>({ type }: EventDefinition, handler: (event: EventEnvelope<Data>, tx: Transaction) => Promise<void>): void =>
      this.consumer.addHandler(type, ((event: EventEnvelope<Data>, tx: Transaction) => handler(event, tx)) as never, true);
    on(candidateJudged, candidates.onJudged.bind(candidates));
    on(candidateRegistered, candidates.onRegistered.bind(candidates));
    on(vitalsCounted, evidence.onCounted.bind(evidence));
    on(commandIssued, commands.onCommand.bind(commands));
  }

  /** An event at its place in the log. */
  record<D extends EventDefinition>(definition: D, data: EventData<D>): ConsumedRecord {
    this.events += 1;
    const event: EventEnvelope = { id: `${this.idPrefix}${this.events}`, source: '/test', type: definition.type, time: this.instant, data };
    const { topic, key, value, headers } = encodeEvent(event);
    return this.again({ topic, partition: 0, offset: 0n, timestampMs: this.at, key: Buffer.from(key), value: Buffer.from(value), headers });
  }

  /** The same record once more, further on in the log. */
  again(record: ConsumedRecord): ConsumedRecord {
    this.offset += 1n;
    return { ...record, offset: this.offset };
  }

  /** One batch, as the broker delivers it; rejects as the consumer does that will be given it again. */
  async deliver(...records: readonly ConsumedRecord[]): Promise<void> {
    // The broker's side of the consumer is left out.
    const { onBatch } = this.consumer as unknown as { onBatch(records: readonly ConsumedRecord[], lost: AbortSignal): Promise<void> };
    await onBatch.call(this.consumer, records, new AbortController().signal);
  }

  command(order: Order): ConsumedRecord {
    return this.record(commandIssued, { commandId: `${this.idPrefix}${this.events}`, actor: 'ada', reason: 'because', ...this.target, issuedAt: this.instant, ...order } as Command);
  }

  judged(version: string, differs: Partial<EventData<typeof candidateJudged>> = {}): ConsumedRecord {
    const gates = [{ name: 'target_improvement' as const, required: true, verdict: 'passed' as const, value: 0.1, halfWidth: 0.02, n: 500, threshold: 0.05, message: 'better' }];
    return this.record(candidateJudged, { cycleId: `cycle-${version}`, ...this.target, version, baseVersion: champion, outcome: 'passed', gates, message: 'gates', judgedAt: this.instant, ...differs });
  }

  registered(version: string): ConsumedRecord {
    return this.record(candidateRegistered, {
      cycleId: `cycle-${version}`, ...this.target, trainingRunId: `run-${version}`, baseVersion: champion, version, datasetIds: ['d1'], opportunityIds: ['o1'],
      trainingConfig: {}, trainingSeconds: 1, registeredAt: this.instant,
    });
  }

  vitals(arm: Arm, n: number, failed: number, of: { rolloutId: string; stage: number; version: string }, differs: Partial<VitalsCounted> = {}): ConsumedRecord {
    return this.record(vitalsCounted, {
      vitalsId: `${this.idPrefix}${this.events}`, ...this.target, arm, rolloutId: of.rolloutId, stage: of.stage, version: arm === 'candidate' ? of.version : champion,
      requests: n, errors: 0, fellBack: 0, overridden: 0, outcomes: n, failures: failed, unsafe: 0, failuresBySignal: {},
      units: { count: n, failed, sumY: failed, sumN: n, sumYY: failed, sumYN: failed, sumNN: n },
      latencyMs: histogramOf(Array.from({ length: n }, () => 100)), inputTokens: 0, outputTokens: 0, costUsd: emptyHistogram(), from: this.instant, to: this.instant, ...differs,
    });
  }

  /** A candidate with its verdict and registration, in two batches. */
  async candidate(version: string, differs: Partial<EventData<typeof candidateJudged>> = {}): Promise<void> {
    await this.deliver(this.judged(version, differs));
    await this.deliver(this.registered(version));
  }

  order(order: Order): Promise<void> {
    return this.deliver(this.command(order));
  }

  tick(): Promise<void> {
    return this.database.transaction((tx) => this.rollouts.evaluate(tx, this.key));
  }

  /** What has the traffic. */
  async running(): Promise<{ rolloutId: string; stage: number; version: string }> {
    const [one] = await this.database.query<{ rolloutId: string; stage: number; version: string }>(`select rollout_id as "rolloutId", stage, version from rollouts where target = $1 and has_traffic`, [this.key]);
    if (!one) throw new Error('no rollout has traffic');
    return one;
  }

  /** Counts of both arms of what has the traffic. */
  async serve(n: number, failed: number, differs: Partial<VitalsCounted> = {}): Promise<void> {
    const running = await this.running();
    await this.deliver(this.vitals('control', n, Math.round(n * 0.15), running));
    await this.deliver(this.vitals('candidate', n, failed, running, differs));
  }

  async statuses(): Promise<string[]> {
    const rows = await this.database.query<{ one: string }>(`select version || ' ' || status || ' ' || stage as one from rollouts where target = $1 order by queue_number`, [this.key]);
    return rows.map(({ one }) => one);
  }

  async sent<Data = Record<string, unknown>>(type: string): Promise<Data[]> {
    const rows = await this.database.query<{ data: Data }>(`select value::jsonb as data from outbox where headers->>'ce_type' = $1 and value::jsonb->>'workload' = $2 order by sequence`, [type, this.target.workload]);
    return rows.map(({ data }) => data);
  }

  get instant(): string {
    return new Date(this.at).toISOString();
  }
}
