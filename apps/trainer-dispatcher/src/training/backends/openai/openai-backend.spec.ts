// Against a provider on a real port that loses answers.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OpenAiFineTuningClient } from '@ratchet/providers';
import type { ProviderConfig } from '@ratchet/providers';
import { example, handleOf, orderOf } from '../../spec-support/orders.js';
import type { RememberedRun } from '../../spec-support/orders.js';
import { trainersSchema } from '../../trainers-config.js';
import type { OpenAiTrainerConfig } from '../../trainers-config.js';
import { OpenAiBackend } from './openai-backend.js';
import { FineTuningServer } from './spec-support/fine-tuning-server.js';

let server: FineTuningServer;
let provider: ProviderConfig;
beforeEach(async () => {
  server = new FineTuningServer();
  provider = await server.start();
});
afterEach(() => server.stop());

const open = (change: Partial<OpenAiTrainerConfig> = {}): OpenAiBackend => {
  const config = trainersSchema.parse({ jobs: { backend: 'openai', createSettleMs: 0, ...change } })['jobs'] as OpenAiTrainerConfig;
  return new OpenAiBackend(new OpenAiFineTuningClient(provider), provider, config);
};
const look = (backend: OpenAiBackend, run: RememberedRun) => backend.look(handleOf(run));
const linesOf = (file: string | undefined): object[] => (file ?? '').split(/\r?\n/u).filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as object);

describe('a fine-tuning job', () => {
  it('is started once, looked at by its id, and tells model, metrics and cost', async () => {
    const backend = open({ usdPerMillionTrainedTokens: 25 });
    const run = orderOf('c1');
    expect(await look(backend, run)).toEqual({ status: 'absent' });
    await backend.start(run.order);
    await backend.start(run.again());
    expect(run.memory()).toMatchObject({ file: 'file-1', job: 'job-1' });
    expect(await look(backend, run)).toEqual({ status: 'running' });
    server.events = [{ type: 'message', message: 'done', data: null }, { type: 'metrics', data: { step: 9, train_loss: 0.25, note: 'text' } }, { type: 'metrics', data: { train_loss: 2 } }];
    Object.assign(server.jobs[0] ?? {}, { status: 'succeeded', fine_tuned_model: 'ft:base', trained_tokens: 40_000 });
    expect(await look(backend, run)).toEqual({ status: 'succeeded', model: 'ft:base', metrics: { step: 9, train_loss: 0.25, trained_tokens: 40_000 }, lossCurve: [{ step: 9, trainLoss: 0.25 }], costUsd: 1 });
    Object.assign(server.jobs[0] ?? {}, { result_files: ['missing', 'results'] });
    server.contents.set('results', 'step,train_loss,valid_loss\n1,2.5,\n2,1.5,1.75\n');
    expect(await look(backend, run)).toMatchObject({ lossCurve: [{ step: 1, trainLoss: 2.5 }, { step: 2, trainLoss: 1.5, validLoss: 1.75 }] });
    expect(server.jobs).toHaveLength(1);
    expect(server.files).toHaveLength(1);
  });

  it('that failed or is gone says so', async () => {
    const backend = open();
    const run = orderOf('c1');
    await backend.start(run.order);
    Object.assign(server.jobs[0] ?? {}, { status: 'failed', error: { message: 'line 3 is no example' } });
    expect(await look(backend, run)).toEqual({ status: 'failed', code: 'failed', reason: 'line 3 is no example', dataAtFault: true });
    server.jobs.length = 0;
    expect(await look(backend, run)).toMatchObject({ status: 'failed', dataAtFault: false });
  });

  it('is cancelled, also where it has just ended or was never asked for', async () => {
    const backend = open();
    expect(await backend.cancel(handleOf(orderOf('c0')))).toBe(true);
    const run = orderOf('c1');
    await backend.start(run.order);
    expect(await backend.cancel(handleOf(run))).toBe(true);
    expect(server.jobs[0]?.status).toBe('cancelled');
    Object.assign(server.jobs[0] ?? {}, { status: 'succeeded' });
    expect(await backend.cancel(handleOf(run))).toBe(true);
  });

  it('is not given up, nor taken for cancelled, while the provider does not let anybody in', async () => {
    const backend = open();
    const run = orderOf('c1');
    await backend.start(run.order);
    server.locked = true;
    await expect(look(backend, run)).rejects.toMatchObject({ code: 'trainer_unavailable', retryable: true });
    await expect(backend.cancel(handleOf(run))).rejects.toMatchObject({ code: 'trainer_unavailable', retryable: true });
    server.locked = false;
    expect(await look(backend, run)).toEqual({ status: 'running' });
  });

  it('that was created and not remembered is cancelled, too', async () => {
    const backend = open();
    const run = orderOf('c1');
    server.creations.push('lost');
    await expect(backend.start(run.order)).rejects.toMatchObject({ retryable: true });
    expect(await backend.cancel(handleOf(run))).toBe(true);
    expect(server.jobs[0]?.status).toBe('cancelled');
  });
});

describe('one job a cycle', () => {
  it('is found by its file where the answer to its creation was lost', async () => {
    const backend = open();
    const run = orderOf('c1');
    // Jobs of others, more than one page of the list.
    for (let other = 0; other < 5; other += 1) server.jobs.push({ id: `other-${other}`, training_file: `of-another-${other}`, status: 'running' });
    server.creations.push('lost');
    await expect(backend.start(run.order)).rejects.toMatchObject({ code: 'connection', retryable: true });
    await backend.start(run.again());
    expect(run.memory()['job']).toBe('job-6');
    expect(server.bodies).toHaveLength(1);
  });

  it('is not asked for again until it must have been listed', async () => {
    const run = orderOf('c1');
    server.creations.push('lost');
    await expect(open().start(run.order)).rejects.toMatchObject({ code: 'connection' });
    const [unlisted] = server.jobs.splice(0);
    await expect(open({ createSettleMs: 60_000 }).start(run.again())).rejects.toMatchObject({ code: 'trainer_unavailable', retryable: true });
    if (unlisted) server.jobs.push(unlisted);
    await open({ createSettleMs: 60_000 }).start(run.again());
    expect(server.bodies).toHaveLength(1);
  });

  it('is left to people where its answer was lost and the provider lists no jobs', async () => {
    const run = orderOf('c1');
    server.lists = false;
    server.creations.push('lost');
    await expect(open().start(run.order)).rejects.toMatchObject({ retryable: true });
    await expect(open().start(run.again())).rejects.toMatchObject({ code: 'start_unknown', retryable: false });
    expect(server.bodies).toHaveLength(1);
  });

  it('is simply asked for again where the provider honours idempotency keys', async () => {
    const run = orderOf('c1');
    server.lists = false;
    server.honoursKeys = true;
    server.creations.push('lost');
    const backend = open({ idempotencyKeys: true });
    await expect(backend.start(run.order)).rejects.toMatchObject({ retryable: true });
    await backend.start(run.again());
    expect(run.memory()['job']).toBe('job-1');
    expect(server.jobs).toHaveLength(1);
  });

  it('may be asked for again after a plain no', async () => {
    const run = orderOf('c1');
    server.lists = false;
    server.creations.push('busy', 'refused');
    await expect(open().start(run.order)).rejects.toMatchObject({ code: 'rate_limited' });
    await expect(open().start(run.again())).rejects.toMatchObject({ code: 'refused' });
    await open().start(run.again());
    expect(server.jobs).toHaveLength(1);
  });
});

describe('what the provider is sent', () => {
  it('is preference pairs with nested hyperparameters for preference training, and nothing that it does not know', async () => {
    await open({ method: 'dpo', minPairs: 1, beta: 0.2 }).start(orderOf('c1').order);
    expect(linesOf(server.files[0])).toEqual([{ input: { messages: [{ role: 'user', content: 'question b' }] }, preferred_output: [{ role: 'assistant', content: 'answer b' }], non_preferred_output: [{ role: 'assistant', content: 'wrong' }] }]);
    expect(server.bodies[0]).toEqual({ model: 'base@1', training_file: 'file-1', seed: 7, method: { type: 'dpo', dpo: { hyperparameters: { n_epochs: 3, learning_rate_multiplier: 0.4, batch_size: 16, beta: 0.2 } } } });
  });

  it('is the answers where there are too few pairs', async () => {
    const run = orderOf('c1');
    await open({ method: 'dpo', minPairs: 2 }).start(run.order);
    expect(run.memory()['method']).toBe('supervised');
    expect(linesOf(server.files[0])).toHaveLength(3);
    expect(server.bodies[0]).toHaveProperty('hyperparameters');
  });

  it('is answers for the embedded model server, which knows no pairs', async () => {
    provider = { ...provider, trainer: 'embedded' };
    await open({ method: 'dpo', minPairs: 1 }).start(orderOf('c1').order);
    expect(server.bodies[0]).toMatchObject({ hyperparameters: { recipe: 'gentle', curriculum: false } });
    expect(server.bodies[0]).not.toHaveProperty('method');
  });

  it('has supervised hyperparameters where the provider reads them', async () => {
    await open({ hyperparametersIn: 'method' }).start(orderOf('c1').order);
    expect(server.bodies[0]).toMatchObject({ method: { type: 'supervised', supervised: { hyperparameters: { n_epochs: 3 } } } });
    expect(server.bodies[0]).not.toHaveProperty('hyperparameters');
  });

  it('has a hash that changes with the data, and with nothing else', () => {
    const { data } = orderOf('c1').order;
    const hash = open().hashOf(data);
    expect(open().hashOf({ ...data, train: data.train.toReversed() })).toBe(hash);
    expect(open().hashOf({ ...data, retained: [example('other')] })).not.toBe(hash);
    expect(hash).toMatch(/^[0-9a-f]{64}$/u);
  });
});
