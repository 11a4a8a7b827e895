import { afterEach, describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { LocalEmbeddingsClient, OpenAiEmbeddingsClient } from './embeddings/embeddings-client.js';
import { InMemoryFineTuningClient } from './fine-tuning/in-memory-fine-tuning-client.js';
import { OpenAiFineTuningClient } from './fine-tuning/openai-fine-tuning-client.js';
import { OpenAiTeacherClient } from './teacher/teacher-client.js';
import { openHttpProvider, sendJson, type HttpProvider, type SeenRequest } from './testing/http-provider.js';

let server: HttpProvider | undefined;
const open = async (answer: (request: SeenRequest, response: ServerResponse) => void): Promise<HttpProvider> => (server = await openHttpProvider(answer));
afterEach(async () => {
  await server?.close();
  server = undefined;
});

describe('OpenAiEmbeddingsClient', () => {
  it('asks for numbers in portions, and gives them in the order of the texts', async () => {
    const { config, seen } = await open(({ body }, response) => {
      const { input } = JSON.parse(body) as { input: string[] };
      sendJson(response, { data: input.map((text, index) => ({ index, embedding: [Number(text), 1] })).reverse() });
    });
    const vectors = await new OpenAiEmbeddingsClient({ provider: config, model: 'e' }).embed(Array.from({ length: 300 }, (_, at) => String(at)));
    expect(vectors.map(([first]) => first)).toEqual(Array.from({ length: 300 }, (_, at) => at));
    expect(seen).toHaveLength(2);
    expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({ model: 'e', encoding_format: 'float' });
  });

  it('refuses vectors that do not fit the texts', async () => {
    const { config } = await open((_request, response) => sendJson(response, { data: [{ index: 0, embedding: [1] }, { index: 1, embedding: [1, 2] }] }));
    await expect(new OpenAiEmbeddingsClient({ provider: config, model: 'e' }).embed(['a', 'b'])).rejects.toMatchObject({ code: 'bad_response' });
  });
});

describe('LocalEmbeddingsClient', () => {
  it('gives equal texts equal vectors of unit length', async () => {
    const [a, b, c] = await new LocalEmbeddingsClient().embed(['my order', 'my order', 'boiler']);
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
    expect(Math.hypot(...(a ?? []))).toBeCloseTo(1, 5);
  });
});

describe('OpenAiFineTuningClient', () => {
  it('uploads a file, starts a job under an idempotency key, waits for it and reads the new model', async () => {
    let polls = 0;
    const { config, seen } = await open(({ url, method }, response) => {
      if (url === '/v1/files') return sendJson(response, { id: 'file-1', object: 'file' });
      if (method === 'POST') return sendJson(response, { id: 'job-1', status: 'queued', fine_tuned_model: null, error: { code: null, message: null } });
      polls += 1;
      if (polls === 2) return sendJson(response, { error: { message: 'busy' } }, 503);
      return sendJson(response, polls < 3 ? { id: 'job-1', status: 'running' } : { id: 'job-1', status: 'succeeded', fine_tuned_model: 'm@1', trained_tokens: 9 });
    });
    const client = new OpenAiFineTuningClient(config);
    const fileId = await client.uploadFile({ filename: 'train.jsonl', content: '{"messages":[]}\n' });
    const job = await client.createJob({ model: 'm', trainingFileId: fileId, suffix: 's', seed: 5, hyperparameters: { recipe: 'gentle', n_epochs: 3 }, idempotencyKey: 'run-1' });
    expect(job).toEqual({ jobId: 'job-1', status: 'queued' });
    expect(await client.waitForJob('job-1', { pollMs: 1 })).toEqual({ jobId: 'job-1', status: 'succeeded', fineTunedModel: 'm@1', trainedTokens: 9 });
    expect(seen[0]?.headers['content-type']).toMatch(/^multipart\/form-data/u);
    expect(seen[0]?.body).toContain('{"messages":[]}');
    expect(seen[1]?.headers['idempotency-key']).toBe('run-1');
    expect(JSON.parse(seen[1]?.body ?? '')).toEqual({ model: 'm', training_file: 'file-1', suffix: 's', seed: 5, hyperparameters: { recipe: 'gentle', n_epochs: 3 } });
  });

  it('reports a failed job as a result, and a refused one as an error', async () => {
    const { config } = await open(({ method }, response) =>
      method === 'GET' ? sendJson(response, { id: 'j', status: 'failed', error: { message: 'line 3 is no example' } }) : sendJson(response, { error: { message: 'no such file' } }, 400));
    const client = new OpenAiFineTuningClient(config);
    expect(await client.waitForJob('j')).toEqual({ jobId: 'j', status: 'failed', error: 'line 3 is no example' });
    await expect(client.createJob({ model: 'm', trainingFileId: 'f', idempotencyKey: 'k' })).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('no such file') });
  });

  it('stops waiting when told to', async () => {
    const { config } = await open((_request, response) => sendJson(response, { id: 'j', status: 'running' }));
    const controller = new AbortController();
    const waiting = new OpenAiFineTuningClient(config).waitForJob('j', { pollMs: 60_000, signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('InMemoryFineTuningClient', () => {
  it('keeps the promises of a provider: one job per key, cancel, unknown files', async () => {
    const client = new InMemoryFineTuningClient();
    const trainingFileId = await client.uploadFile({ filename: 'f', content: 'x' });
    const { jobId } = await client.createJob({ model: 'm', trainingFileId, idempotencyKey: 'k' });
    expect((await client.createJob({ model: 'm', trainingFileId, idempotencyKey: 'k' })).jobId).toBe(jobId);
    expect((await client.cancelJob(jobId)).status).toBe('cancelled');
    await expect(client.createJob({ model: 'm', trainingFileId: 'none', idempotencyKey: 'l' })).rejects.toMatchObject({ code: 'refused' });
  });
});

describe('OpenAiTeacherClient', () => {
  const schema = z.object({ answer: z.string().min(1), confidence: z.number().min(0).max(1) });
  const ask = { instructions: 'Correct it.', input: 'The capital of Australia is Sydney.', schema, schemaName: 'correction' };
  const reply = (content: string) => ({ choices: [{ message: { role: 'assistant', content }, finish_reason: 'stop' }], usage: { prompt_tokens: 10, completion_tokens: 5 } });

  it('tells the shape as JSON Schema and gives back a checked value', async () => {
    const { config, seen } = await open((_request, response) => sendJson(response, reply('```json\n{"answer":"Canberra","confidence":0.9}\n```')));
    const result = await new OpenAiTeacherClient({ provider: config, model: 't' }).ask(ask);
    expect(result).toEqual({ value: { answer: 'Canberra', confidence: 0.9 }, usage: { inputTokens: 10, outputTokens: 5 } });
    expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({ response_format: { type: 'json_schema', json_schema: { name: 'correction', schema: { required: ['answer', 'confidence'] } } } });
  });

  it('shows the model once what was wrong, then gives up', async () => {
    const { config, seen } = await open((_request, response) => sendJson(response, reply('{"answer":"Canberra"}')));
    await expect(new OpenAiTeacherClient({ provider: config, model: 't' }).ask(ask)).rejects.toMatchObject({ code: 'bad_response', message: expect.stringContaining('confidence') });
    expect(seen).toHaveLength(2);
    expect(seen[1]?.body).toContain('confidence:');
  });
});
