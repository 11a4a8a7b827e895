import { setTimeout as wait } from 'node:timers/promises';
import type { TrainingRow } from './plan.js';

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
