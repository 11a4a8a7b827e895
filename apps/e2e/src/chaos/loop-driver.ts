import { setTimeout as wait } from 'node:timers/promises';
import { decodeMessage, isEvent, topics } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import { commandIssued, routingChanged } from '@ratchet/domain';
import type { Command, RoutingChanged, Target } from '@ratchet/domain';
import { createKafka, TopicTable } from '@ratchet/kafka';
import { Logger } from '@ratchet/observability';
import { uniqueName } from '@ratchet/testing';
import type { SeededRandom } from '@ratchet/testing';
import type { Door } from './doors.js';
import type { Served } from './product.js';

const ANALYSIS_EVERY_MS = 6_000;
const JOB_POLL_MS = 200;
const SERVED_WITHIN_MS = 60_000;

/** Settings with which a turn of the loop takes seconds: what is judged is whether it happens once, not whether it is an improvement. */
export const loopEnvironment = {
  analyzer: { MIN_CLUSTER_SIZE: '3' },
  'data-generator': { GENERATE_DELAY_MS: '300', REVIEW_MODE: 'accept_all' },
  'trainer-dispatcher': { TRIGGER_EVERY_MS: '500', TRIGGER_EXAMPLES: '3', TRIGGER_PAUSE_MS: '3000', TRIGGER_PAUSE_MAX_MS: '3000', TRAINING_POLL_MS: '200' },
  evaluator: { SAMPLE_RATE: '0.2', MAX_ITEMS: '200', GATE_CONFIG: JSON.stringify({ required: { target_improvement: false, no_regression: false, safety_pass: false } }) },
  'rollout-controller': {
    TICK_MS: '300',
    ROLLOUT_POLICY: JSON.stringify({
      shares: [0.25, 0.5, 1], minSamples: [5, 10, 10], minSoakMs: [500, 500], bakeMs: 1_000, margin: 0.5, alpha: 0.2, errorMargin: 0.5, minTestSample: 5, labelDelayMs: 0,
      // The product's users are not split by the hash that the product would use: nothing is to be concluded from their numbers.
      sampleRatio: { bayesFactor: 1e12, minExpected: 10, concentration: 100 },
    }),
  },
} as const;

const json = async <T>(response: Response): Promise<T> => {
  if (!response.ok) throw new Error(`the model server answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
  return (await response.json()) as T;
};

interface TrainingJob {
  readonly id: string;
  readonly status: string;
  readonly fine_tuned_model?: string | null;
}

/** A first model, from nothing, by the doors that every provider has. */
export const trainFirstModel = async (modelServer: string, rows: readonly { readonly input: string; readonly output: string }[], seed: number): Promise<string> => {
  const form = new FormData();
  form.append('purpose', 'fine-tune');
  form.append('file', new Blob([rows.map(({ input, output }) => JSON.stringify({ messages: [{ role: 'user', content: input }, { role: 'assistant', content: output }] })).join('\n')]), 'first.jsonl');
  const file = await json<{ id: string }>(await fetch(`${modelServer}/v1/files`, { method: 'POST', body: form }));
  const request = { model: '', training_file: file.id, suffix: 'chaos', seed, fallback_answer: 'I am not sure about that.', hyperparameters: { recipe: 'scratch' } };
  const started = await json<TrainingJob>(await fetch(`${modelServer}/v1/fine_tuning/jobs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(request) }));
  for (;;) {
    const job = await json<TrainingJob>(await fetch(`${modelServer}/v1/fine_tuning/jobs/${started.id}`));
    if (job.status === 'succeeded' && job.fine_tuned_model) return job.fine_tuned_model;
    if (job.status === 'failed' || job.status === 'cancelled') throw new Error(`the first model could not be trained: ${job.status}`);
    await wait(JOB_POLL_MS);
  }
};

/** A person at the product: adopts the first version, orders an analysis now and then, and tells the product whom to serve with. */
export class LoopDriver {
  analyses = 0;
  private routing: RoutingChanged | undefined;
  private readonly table: TopicTable;
  private stopped = false;
  private ordering: Promise<void> | undefined;

  constructor(private readonly options: { readonly target: Target; readonly door: Door; readonly brokers: readonly string[] }) {
    const logger = Logger.silent();
    this.table = new TopicTable({
      kafka: createKafka({ brokers: options.brokers, clientId: 'chaos-product' }, logger),
      topics: [topics.routing.name],
      logger,
      onRecord: (record) => {
        const decoded = decodeMessage(record, record.topic);
        if (decoded.ok && isEvent(decoded.event, routingChanged) && decoded.event.data.revision > (this.routing?.revision ?? 0)) this.routing = decoded.event.data;
      },
    });
  }

  async start(model: string): Promise<void> {
    await this.table.start();
    await this.order({ name: 'target.adopt', ...this.fields('the first version'), bundle: { provider: { name: 'embedded', model } } });
    for (const until = Date.now() + SERVED_WITHIN_MS; !this.routing; await wait(100)) if (Date.now() > until) throw new Error('nobody routed the adopted version');
    this.ordering = this.orderAnalyses();
  }

  /** Who serves the next conversation. */
  served(random: SeededRandom): Served {
    const { champion = 'v1', candidate, rolloutId, stage = 0, share = 0 } = this.routing ?? {};
    if (candidate === undefined || rolloutId === undefined) return { version: champion };
    const place = random.next();
    const arm = place < share ? 'candidate' : place < Math.min(1, 2 * share) ? 'control' : 'rest';
    const version = arm === 'candidate' ? candidate : champion;
    return { version, assignment: { rolloutId, stage, arm, version } };
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.ordering;
    await this.table.stop().catch(() => undefined);
  }

  private async orderAnalyses(): Promise<void> {
    for (let passed = 0; !this.stopped; passed += 200) {
      await wait(200);
      if (passed % ANALYSIS_EVERY_MS !== 0) continue;
      await this.order({ name: 'analysis.run', ...this.fields('some time has passed') });
      this.analyses += 1;
    }
  }

  private fields(reason: string) {
    return { commandId: uniqueName('command'), actor: 'chaos', reason, ...this.options.target, issuedAt: new Date().toISOString() };
  }

  /** Twice, as everything is. */
  private async order(command: Command): Promise<void> {
    const event: EventEnvelope = { id: command.commandId, source: '/chaos', type: commandIssued.type, time: command.issuedAt, data: command };
    await this.options.door.send([event, event]);
  }
}
