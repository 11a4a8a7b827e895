import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { EventEnvelope } from '@ratchet/contracts';
import { commandIssued, datasetVersioned, EXAMPLES_PER_EVENT, examplesAdded } from '@ratchet/domain';
import type { Bundle, Example, Target } from '@ratchet/domain';
import type { EventProducer } from '@ratchet/kafka';
import type { SuiteItem, TrainingRow } from './plan.js';

const SOURCE = '/ratchet/cli';

interface FineTuningJob {
  readonly id: string;
  readonly status: string;
  readonly fine_tuned_model?: string | null;
  readonly error?: { readonly message?: string } | null;
}

const json = async <T>(response: Response): Promise<T> => {
  if (!response.ok) throw new Error(`the model server answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
  return (await response.json()) as T;
};

/** Trains a model from nothing at the model server, through the doors that every provider has; returns its id. */
export const trainBase = async ({ baseUrl, model, rows, fallbackAnswer, seed }: { baseUrl: string; model: string; rows: readonly TrainingRow[]; fallbackAnswer: string; seed: number }): Promise<string> => {
  const lines = rows.map(({ input, output, category }) =>
    JSON.stringify({ messages: [{ role: 'user', content: input }, { role: 'assistant', content: output }], category }),
  );
  const form = new FormData();
  form.append('purpose', 'fine-tune');
  form.append('file', new Blob([lines.join('\n')]), 'base.jsonl');
  const file = await json<{ id: string }>(await fetch(`${baseUrl}/files`, { method: 'POST', body: form }));
  const started = await json<FineTuningJob>(
    await fetch(`${baseUrl}/fine_tuning/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: '', training_file: file.id, suffix: model, seed, fallback_answer: fallbackAnswer, hyperparameters: { recipe: 'scratch' } }),
    }),
  );
  for (;;) {
    const job = await json<FineTuningJob>(await fetch(`${baseUrl}/fine_tuning/jobs/${started.id}`));
    if (job.status === 'succeeded' && job.fine_tuned_model) return job.fine_tuned_model;
    if (job.status === 'failed' || job.status === 'cancelled') throw new Error(`the base model could not be trained: ${job.error?.message ?? job.status}`);
    await wait(300);
  }
};

const envelope = (type: string, data: unknown): EventEnvelope => ({ id: randomUUID(), source: SOURCE, type, time: new Date().toISOString(), data });

/** Orders that the target gets its first champion. */
export const adoptCommand = (target: Target, bundle: Bundle, actor: string): EventEnvelope =>
  envelope(commandIssued.type, {
    commandId: randomUUID(),
    name: 'target.adopt',
    ...target,
    actor,
    reason: 'first version of the product',
    issuedAt: new Date().toISOString(),
    bundle,
  });

/** The events of a suite: its examples in parts, and the dataset that closes them. */
export const suiteEvents = (target: Target, purpose: 'general_suite' | 'safety_suite', items: readonly SuiteItem[]): EventEnvelope[] => {
  const contentHash = createHash('sha256').update(items.map(({ id }) => id).sort().join('\n')).digest('hex');
  const datasetId = `${purpose}-${contentHash.slice(0, 16)}`;
  const now = new Date().toISOString();
  const examples = items.map(({ id, input, output, category }): Example => ({ exampleId: id, input, output, category, source: 'import', split: 'test', confidence: 1, lineage: { interactionIds: [] } }));
  const parts = Array.from({ length: Math.ceil(examples.length / EXAMPLES_PER_EVENT) }, (_, i) => examples.slice(i * EXAMPLES_PER_EVENT, (i + 1) * EXAMPLES_PER_EVENT));
  return [
    ...parts.map((part) => envelope(examplesAdded.type, { datasetId, ...target, examples: part, addedAt: now })),
    envelope(datasetVersioned.type, {
      datasetId,
      ...target,
      purpose,
      trainCount: 0,
      testCount: examples.length,
      contentHash,
      opportunityIds: [],
      failuresAnalyzed: 0,
      rejected: [],
      highPriority: false,
      versionedAt: now,
    }),
  ];
};

export const send = (producer: EventProducer, events: readonly EventEnvelope[]): Promise<void> => producer.send(events);
