import { DEFAULT_RECIPE, recipes } from '@ratchet/embedded-model';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ModelServerConfig } from './config.js';
import { createApp } from './create-app.js';
import { WorkerTrainer } from './fine-tuning/worker-trainer.js';

/** Starts the training thread from the sources: tests run before anything is built. */
class SourceWorkerTrainer extends WorkerTrainer {
  protected override readonly script = new URL('./fine-tuning/training.worker.ts', import.meta.url);
  protected override readonly execArgv = ['--conditions=@ratchet/source', '--disable-warning=ExperimentalWarning', `--import=data:text/javascript,${encodeURIComponent(SOURCE_HOOK)}`];
}

const SOURCE_HOOK = `import { registerHooks } from 'node:module';
registerHooks({ resolve(name, context, next) {
  try { return next(name, context); }
  catch (error) { if (!name.endsWith('.js')) throw error; return next(name.slice(0, -3) + '.ts', context); }
} });`;

interface Job {
  readonly id: string;
  readonly status: string;
  readonly fine_tuned_model: string;
  readonly error: { readonly message: string } | null;
}

const starts = ['where is my', 'I lost the', 'tell me about a', 'please help with my', 'what about the', 'any news of my', 'I want to see the', 'how do I change my'];
const examplesOf = (things: readonly string[]): string =>
  things
    .flatMap((thing) => starts.map((start) => ({ messages: [{ role: 'user', content: `${start} ${thing}` }, { role: 'assistant', content: `About the ${thing}.` }], category: thing })))
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('');

const known = ['card', 'order', 'parcel', 'invoice', 'phone'];

function multipart({ content, purpose = 'fine-tune' }: { content: string; purpose?: string }) {
  const boundary = 'ratchet-test-boundary';
  const part = (head: string, body: string): string => `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${body}\r\n`;
  const payload = `${part('name="purpose"', purpose)}${part('name="file"; filename="examples.jsonl"\r\nContent-Type: application/jsonl', content)}--${boundary}--\r\n`;
  return { payload, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } };
}

describe('the model server', () => {
  let folder: string;
  let app: NestFastifyApplication;
  let baseModel: string;

  const config = (): ModelServerConfig => ({
    port: 0,
    host: '127.0.0.1',
    dataDir: folder,
    maxBodyBytes: 10_000,
    maxFileBytes: 1_000_000,
    maxModelsInMemory: 2,
    maxCachedReplies: 100,
    maxQueuedJobs: 2,
    encoderDir: null,
    maxCachedSentences: 100,
  });
  const start = (): Promise<NestFastifyApplication> => createApp({ config: config(), trainer: SourceWorkerTrainer });
  const get = async (url: string) => app.inject({ method: 'GET', url });
  const post = async (url: string, payload: object, headers: Record<string, string> = {}) => app.inject({ method: 'POST', url, payload, headers });
  const upload = async (content: string): Promise<string> => (await app.inject({ method: 'POST', url: '/v1/files', ...multipart({ content }) })).json<{ id: string }>().id;
  const chat = async (model: string, content: string, extra: object = {}) => post('/v1/chat/completions', { model, messages: [{ role: 'user', content }], ...extra });
  const answer = async (model: string, content: string): Promise<string> => (await chat(model, content)).json<{ choices: [{ message: { content: string } }] }>().choices[0].message.content;

  const waitFor = async (id: string): Promise<Job> => {
    for (;;) {
      const job = (await get(`/v1/fine_tuning/jobs/${id}`)).json<Job>();
      if (!['queued', 'running'].includes(job.status)) return job;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const trainModel = async (request: object): Promise<Job> => waitFor((await post('/v1/fine_tuning/jobs', request)).json<Job>().id);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ratchet-model-server-'));
    app = await start();
    const job = await trainModel({ model: '', training_file: await upload(examplesOf(known)), suffix: 'support' });
    expect(job).toMatchObject({ status: 'succeeded', error: null });
    baseModel = job.fine_tuned_model;
  }, 60_000);

  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true });
  });

  it('names a model by what it is and by its content', () => {
    expect(baseModel).toMatch(/^support@[0-9a-f]{12}$/u);
  });

  it('answers in the shape of a chat completion, and says how sure it is', async () => {
    const response = await chat(baseModel, 'please where is my parcel');
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({
      id: expect.stringMatching(/^chatcmpl-/u),
      object: 'chat.completion',
      created: expect.any(Number),
      model: baseModel,
      choices: [{ index: 0, message: { role: 'assistant', content: 'About the parcel.', refusal: null }, logprobs: null, finish_reason: 'stop' }],
      usage: { prompt_tokens: 5, completion_tokens: 4, total_tokens: 9 },
      ratchet: { confidence: expect.any(Number), abstained: false, version: baseModel },
    });
  });

  it('says the fallback, and that it abstains, where it does not know', async () => {
    const body = (await chat(baseModel, 'xyzzy quux')).json();
    expect(body).toMatchObject({ ratchet: { abstained: true }, choices: [{ message: { content: "I don't know the answer to that." } }] });
  });

  it('streams the same answer as events', async () => {
    const response = await chat(baseModel, 'where is my order', { stream: true, stream_options: { include_usage: true } });
    expect(response.headers['content-type']).toMatch(/^text\/event-stream/u);
    const events = response.body.trimEnd().split('\n\n').map((event) => event.replace(/^data: /u, ''));
    expect(events.at(-1)).toBe('[DONE]');
    const chunks = events.slice(0, -1).map((event) => JSON.parse(event) as { object: string; usage?: object; ratchet?: object; choices: { delta: { content?: string }; finish_reason: string | null }[] });
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('About the order.');
    expect(chunks.every(({ object }) => object === 'chat.completion.chunk')).toBe(true);
    expect(chunks.at(-2)).toMatchObject({ choices: [{ finish_reason: 'stop' }], ratchet: { version: baseModel } });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 4, completion_tokens: 4, total_tokens: 8 } });
  });

  it.each([
    ['an unknown model', { model: 'support@000000000000', messages: [{ role: 'user', content: 'x' }] }, 404, 'model_not_found'],
    ['a model name that leaves the folder', { model: '../../etc/passwd', messages: [{ role: 'user', content: 'x' }] }, 404, 'model_not_found'],
    ['no messages', { model: 'm' }, 400, null],
    ['a body above the limit', { model: 'm', messages: [{ role: 'user', content: 'x'.repeat(20_000) }] }, 413, null],
  ])('refuses a chat with %s in OpenAI\'s error shape', async (_name, payload, status, code) => {
    const response = await post('/v1/chat/completions', payload);
    expect(response.statusCode).toBe(status);
    expect(response.json()).toMatchObject({ error: { message: expect.any(String), type: 'invalid_request_error', code } });
  });

  it('refuses what is no JSON, and paths that are none, in the same shape', async () => {
    const broken = await app.inject({ method: 'POST', url: '/v1/chat/completions', payload: '{"model":', headers: { 'content-type': 'application/json' } });
    expect(broken.statusCode).toBe(400);
    expect(broken.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
    expect((await get('/v1/nothing')).json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  it('lists its models', async () => {
    const { data } = (await get('/v1/models')).json<{ data: { id: string; object: string }[] }>();
    expect(data).toContainEqual({ id: baseModel, object: 'model', created: expect.any(Number), owned_by: 'ratchet' });
    expect((await get(`/v1/models/${encodeURIComponent(baseModel)}`)).json()).toMatchObject({ id: baseModel });
    expect((await get('/v1/models/none')).statusCode).toBe(404);
  });

  it('embeds texts, in floats and in base64', async () => {
    const floats = (await post('/v1/embeddings', { model: 'hash-embedding', input: ['my card', 'my order'], dimensions: 64 })).json<{ data: { index: number; embedding: number[] }[]; usage: object }>();
    expect(floats.data.map(({ index, embedding }) => [index, embedding.length])).toEqual([[0, 64], [1, 64]]);
    expect(floats.usage).toEqual({ prompt_tokens: 4, total_tokens: 4 });
    const coded = (await post('/v1/embeddings', { model: 'hash-embedding', input: 'my card', dimensions: 64, encoding_format: 'base64' })).json<{ data: [{ embedding: string }] }>();
    const bytes = Buffer.from(coded.data[0].embedding, 'base64');
    expect(bytes).toHaveLength(64 * 4);
    expect(bytes.readFloatLE(0)).toBeCloseTo(floats.data[0]?.embedding[0] as number, 6);
    expect((await post('/v1/embeddings', { model: 'hash-embedding', input: [] })).json()).toMatchObject({ error: { param: 'input' } });
  });

  it('keeps a file under an id of its content, and gives it back', async () => {
    const id = await upload(examplesOf(known));
    expect(await upload(examplesOf(known))).toBe(id);
    expect((await get(`/v1/files/${id}`)).json()).toMatchObject({ id, object: 'file', purpose: 'fine-tune', bytes: examplesOf(known).length, filename: 'examples.jsonl' });
    expect((await get(`/v1/files/${id}/content`)).body).toBe(examplesOf(known));
    expect((await get('/v1/files/file-0')).statusCode).toBe(404);
  });

  it('refuses a file with a bad line, naming it, and one of another purpose', async () => {
    const bad = await app.inject({ method: 'POST', url: '/v1/files', ...multipart({ content: `${examplesOf(['card'])}{"messages":[]}\n` }) });
    expect(bad.statusCode).toBe(400);
    expect(bad.json<{ error: { message: string } }>().error.message).toContain('line 9');
    const other = await app.inject({ method: 'POST', url: '/v1/files', ...multipart({ content: examplesOf(['card']), purpose: 'assistants' }) });
    expect(other.json()).toMatchObject({ error: { param: 'purpose' } });
  });

  it('learns a new answer by an update, keeps the old ones, and serves both versions at once', async () => {
    const before = await Promise.all(known.map((thing) => answer(baseModel, `hello, my ${thing} please`)));
    const job = await trainModel({ model: baseModel, training_file: await upload(examplesOf(['ticket'])) });
    expect(job.status).toBe('succeeded');
    expect(job.fine_tuned_model).not.toBe(baseModel);
    expect(await answer(job.fine_tuned_model, 'where is my ticket')).toBe('About the ticket.');
    expect(await answer(baseModel, 'where is my ticket')).not.toBe('About the ticket.');
    const after = await Promise.all(known.map((thing) => answer(job.fine_tuned_model, `hello, my ${thing} please`)));
    expect(after).toEqual(before);
    const { data } = (await get(`/v1/fine_tuning/jobs/${job.id}/events`)).json<{ data: { object: string; message: string; type: string }[] }>();
    expect(data[0]).toMatchObject({ object: 'fine_tuning.job.event', message: `New version: ${job.fine_tuned_model}` });
    expect(data.filter(({ message }) => message.startsWith('Epoch'))).toHaveLength(recipes[DEFAULT_RECIPE].epochs);
    const { result_files: [file] } = (await get(`/v1/fine_tuning/jobs/${job.id}`)).json<{ result_files: string[] }>();
    const results = await get(`/v1/files/${file}/content`);
    expect(results.headers['content-type']).toContain('text/csv');
    const [header, ...rows] = results.body.trimEnd().split('\n');
    expect(header).toBe('step,train_loss,valid_loss,retention_loss,penalty');
    const losses = rows.map((row) => row.split(',')).flatMap(([, loss]) => (loss === '' ? [] : [Number(loss)]));
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
  }, 30_000);

  it('mixes in as many retained examples for each new one as it is asked for', async () => {
    const training_file = await upload(examplesOf(['voucher']));
    const samplesAt = async (hyperparameters: object): Promise<number | undefined> => {
      const { id } = await trainModel({ model: baseModel, training_file, hyperparameters: { recipe: 'gentle', n_epochs: 1, ...hyperparameters } });
      const { data } = (await get(`/v1/fine_tuning/jobs/${id}/events`)).json<{ data: { message: string; data: { samples?: number } | null }[] }>();
      return data.find(({ message }) => message.startsWith('Epoch'))?.data?.samples;
    };
    const fresh = (await samplesAt({ retention_ratio: 0 })) ?? 0;
    expect(fresh).toBeGreaterThan(0);
    expect(await samplesAt({ retention_ratio: 1 })).toBe(2 * fresh);
    expect(await samplesAt({ retention_ratio: 3.5 })).toBe(4.5 * fresh);
    expect(await samplesAt({})).toBe((1 + recipes.gentle.retentionRatio) * fresh);
  }, 30_000);

  it('makes the same version from the same job', async () => {
    const job = await trainModel({ model: '', training_file: await upload(examplesOf(known)), suffix: 'support' });
    expect(job.fine_tuned_model).toBe(baseModel);
  }, 30_000);

  it('runs a job once for one idempotency key, and refuses the key for another job', async () => {
    const training_file = await upload(examplesOf(['card', 'order']));
    const headers = { 'idempotency-key': 'cycle-1' };
    const [first, again] = await Promise.all([1, 2].map(() => post('/v1/fine_tuning/jobs', { model: '', training_file, suffix: 'once' }, headers)));
    expect(again?.json<Job>().id).toBe(first?.json<Job>().id);
    expect((await post('/v1/fine_tuning/jobs', { model: '', training_file, suffix: 'twice' }, headers)).statusCode).toBe(409);
    await waitFor(first?.json<Job>().id as string);
  }, 30_000);

  it('cancels a job, once, and refuses more jobs than may wait', async () => {
    const training_file = await upload(examplesOf(known));
    const request = { model: '', training_file, suffix: 'long', hyperparameters: { n_epochs: 100 } };
    const jobs = [];
    for (let i = 0; i < 3; i += 1) jobs.push((await post('/v1/fine_tuning/jobs', { ...request, seed: i })).json<Job>());
    const refused = await post('/v1/fine_tuning/jobs', { ...request, seed: 9 });
    expect(refused.statusCode).toBe(429);
    for (const { id } of jobs.toReversed()) expect((await post(`/v1/fine_tuning/jobs/${id}/cancel`, {})).json()).toMatchObject({ status: 'cancelled' });
    expect((await post(`/v1/fine_tuning/jobs/${jobs[0]?.id}/cancel`, {})).statusCode).toBe(400);
  }, 30_000);

  it.each([
    ['a file that is not there', { model: '', training_file: 'file-0' }, 'training_file'],
    ['an update of nothing', { model: '', hyperparameters: { recipe: 'gentle' } }, 'hyperparameters.recipe'],
    ['an unknown recipe', { model: '', hyperparameters: { recipe: 'magic' } }, 'hyperparameters.recipe'],
    ['more retained examples than it allows', { model: '', hyperparameters: { retention_ratio: 11 } }, 'hyperparameters.retention_ratio'],
    ['a name with a slash', { model: '', suffix: '../x' }, 'suffix'],
    ['an unknown base', { model: 'support@000000000000' }, 'model'],
  ])('refuses a job with %s and names the field', async (_name, request, param) => {
    const response = await post('/v1/fine_tuning/jobs', { training_file: await upload(examplesOf(known)), ...request });
    expect(response.statusCode).toBeGreaterThanOrEqual(400);
    expect(response.statusCode).toBeLessThan(500);
    expect(response.json()).toMatchObject({ error: { param } });
  });

  it('takes up a job again that was running when the server stopped', async () => {
    const training_file = await upload(examplesOf(known));
    const { id } = (await post('/v1/fine_tuning/jobs', { model: '', training_file, suffix: 'resumed', hyperparameters: { n_epochs: 60 } })).json<Job>();
    for (;;) {
      const job = (await get(`/v1/fine_tuning/jobs/${id}`)).json<Job>();
      if (job.status === 'running') break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await app.close();
    app = await start();
    expect(await waitFor(id)).toMatchObject({ status: 'succeeded', fine_tuned_model: expect.stringMatching(/^resumed@/u) });
    expect(await answer(baseModel, 'where is my card')).toBe('About the card.');
  }, 60_000);

  it('reports health and metrics', async () => {
    expect((await get('/health/live')).statusCode).toBe(200);
    expect((await get('/health/ready')).statusCode).toBe(200);
    const metrics = await get('/metrics');
    expect(metrics.headers['content-type']).toMatch(/^text\/plain/u);
    expect(metrics.body).toMatch(/ratchet_model_server_chat_completions_total\{outcome="answered",status="200"\} [1-9]/u);
  });
});
