// The model server as a process of the built code, with the real sentence encoder.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ensureEncoderFiles } from '@ratchet/sentence-encoder';
import { eventually, startTestProcess, type TestProcess } from '@ratchet/testing';

const script = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const cacheDir = fileURLToPath(new URL('../../../.ratchet', import.meta.url));

const answers: Readonly<Record<string, readonly string[]>> = {
  'It is on its way.': ['where is my parcel', 'has my parcel been sent', 'my parcel did not come', 'when will the parcel be here'],
  'We pay it back in five days.': ['I want my money back', 'please give me my money', 'how do I get my money returned', 'return the money to me'],
  'Choose a new one under Settings.': ['I forgot my password', 'my password does not work', 'how do I set another password', 'reset the password please'],
};
const trainingFile = Object.entries(answers)
  .flatMap(([answer, asked]) => asked.map((question) => JSON.stringify({ messages: [{ role: 'user', content: question }, { role: 'assistant', content: answer }] })))
  .join('\n');

describe('the model server with the sentence encoder', () => {
  let folder: string;
  let encoderDir: string;
  let server: TestProcess;
  let url: string;

  const start = async (env: Record<string, string>): Promise<void> => {
    server = startTestProcess({ script, env: { HTTP_PORT: '0', HTTP_HOST: '127.0.0.1', MODEL_SERVER_DATA_DIR: folder, ...env } });
    url = (await server.said(/"url":"([^"]+)"/u))[1] ?? '';
  };
  const call = async (path: string, body?: object): Promise<{ status: number; body: Record<string, unknown> }> => {
    const response = await fetch(`${url}${path}`, body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const ask = (model: string, content: string) => call('/v1/chat/completions', { model, messages: [{ role: 'user', content }] });
  const embed = async (input: string): Promise<number[]> => {
    const { data } = (await call('/v1/embeddings', { model: 'all-minilm-l6-v2', input })).body as unknown as { data: [{ embedding: number[] }] };
    return data[0].embedding;
  };
  const trained = async (): Promise<string> => {
    const form = new FormData();
    form.append('purpose', 'fine-tune');
    form.append('file', new Blob([trainingFile]), 'examples.jsonl');
    const { id } = (await (await fetch(`${url}/v1/files`, { method: 'POST', body: form })).json()) as { id: string };
    const job = (await call('/v1/fine_tuning/jobs', { model: '', training_file: id, suffix: 'support' })).body;
    const done = await eventually(async () => {
      const { body } = await call(`/v1/fine_tuning/jobs/${String(job['id'])}`);
      expect(body['status']).toBe('succeeded');
      return body;
    });
    return String(done['fine_tuned_model']);
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ratchet-sentences-'));
    encoderDir = await ensureEncoderFiles({ cacheDir });
    await start({ MODEL_SERVER_ENCODER_DIR: encoderDir });
  });
  afterAll(async () => {
    await server.end();
    await rm(folder, { recursive: true });
  });

  it('trains on meaning, answers other words for the same, and needs the encoder for that model from then on', async () => {
    const model = await trained();
    for (const [question, answer] of [['Has the package been shipped yet?', 'It is on its way.'], ['Can I have a refund?', 'We pay it back in five days.'], ["I can't log in any more", 'Choose a new one under Settings.']] as const) {
      const { body } = await ask(model, question);
      expect(body).toMatchObject({ choices: [{ message: { content: answer } }], ratchet: { abstained: false } });
    }
    await server.end('SIGTERM');
    await start({});
    await server.said(/no sentence encoder/u, 1_000);
    expect(await ask(model, 'where is my parcel')).toMatchObject({ status: 503, body: { error: { code: 'missing_encoder', message: expect.stringContaining('MODEL_SERVER_ENCODER_DIR') } } });
    expect(await call('/v1/embeddings', { model: 'all-minilm-l6-v2', input: 'x' })).toMatchObject({ status: 404 });
    await server.end('SIGTERM');
    await start({ MODEL_SERVER_ENCODER_DIR: encoderDir });
  });

  it('gives embeddings of meaning beside those of n-grams', async () => {
    const [parcel, shipment, password] = await Promise.all([embed('Where is my parcel?'), embed('My shipment has not arrived.'), embed('I forgot my password.')]);
    const cosine = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
    expect(parcel).toHaveLength(384);
    expect(cosine(parcel, shipment)).toBeGreaterThan(cosine(parcel, password) + 0.2);
    expect((await call('/v1/models')).body).toMatchObject({ data: expect.arrayContaining([expect.objectContaining({ id: 'all-minilm-l6-v2' }), expect.objectContaining({ id: 'hash-embedding' })]) });
    expect(await call('/v1/embeddings', { model: 'all-minilm-l6-v2', input: 'x', dimensions: 64 })).toMatchObject({ status: 400 });
  });
});
